import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/faults/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 5, // they wait more than they work
  },
});
