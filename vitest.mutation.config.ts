import { defineConfig } from 'vitest/config';

/** The tests in virtual time of what is mutated: each mutant runs those that reach it, so none of them may wait. */
export default defineConfig({
  test: {
    isolate: false,
    include: [
      'test/operators/*.test.ts',
      'test/leaves/{arguments,backoff,close-codes,outbox,queue,stage,state}.test.ts',
    ],
  },
});
