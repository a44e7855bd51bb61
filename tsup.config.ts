import { defineConfig } from 'tsup';

const types = {
  index: 'src/index.ts',
  'index.node': 'src/index.node.ts',
  operators: 'operators/index.ts',
  testing: 'src/testing/index.ts',
  node: 'src/transport/node.ts',
};

export default defineConfig({
  entry: { ...types, cli: 'src/cli/main.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  splitting: true, // one copy of the error classes for all entries
  dts: { entry: types },
  clean: true,
});
