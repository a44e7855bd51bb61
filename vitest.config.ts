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
    coverage: {
      include: ['src/**/*.ts', 'operators/**/*.ts'],
      // Tested where this does not see them: the command in processes of its own, the streams of Chromium in Chromium.
      exclude: ['src/cli/{main,message-codec,run,usage,version}.ts', 'src/transport/web-socket-stream.ts'],
      thresholds: { branches: 98 },
    },
  },
});
