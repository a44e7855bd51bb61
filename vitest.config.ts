import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    pool: 'forks',
    // Node 20 has the native WebSocket behind this flag; later ones have it, and take the flag too.
    execArgv: ['--experimental-websocket'],
  },
});
