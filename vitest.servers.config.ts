import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'servers',
    include: ['test/servers/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
  },
});
