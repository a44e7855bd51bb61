import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'index.node': 'src/index.node.ts',
    operators: 'operators/index.ts',
    testing: 'src/testing/index.ts',
    node: 'src/transport/node.ts',
    cli: 'src/cli/main.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  splitting: true, // one copy of the error classes for all entries
  dts: { entry: ['index', 'index.node', 'operators', 'testing', 'node'] as unknown as string },
  clean: true,
});
