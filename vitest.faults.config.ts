import { defineConfig } from 'vitest/config';

/** The page is written anew, and nothing proved. */
const isUpdate = process.env.UPDATE_DOCS !== undefined;

export default defineConfig({
  test: {
    include: [isUpdate ? 'test/faults/*.measure.ts' : 'test/faults/*.test.ts'],
    testTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 5, // they wait more than they work
  },
});
