import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';

export default {
  input: 'app.js',
  output: { file: 'out/rollup.js', format: 'iife' },
  plugins: [resolve({ browser: true }), terser()],
};
