import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What examples import, without a build.
  resolve: { alias: { rxwire: new URL('src/index.node.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/{browser,dashboard,faults,fuzz,servers,soak}/**', 'test/examples/ingest.test.ts'],
    testTimeout: 20_000,
    pool: 'forks',
    // Node 20 has the native WebSocket behind this flag; later ones have it, and take the flag too.
    execArgv: ['--experimental-websocket'],
  },
});
