import { defineConfig } from 'vitest/config';

/** Whole pages in a real Chromium, driven from outside: the dashboard, built as its README says. */
export default defineConfig({
  test: {
    name: 'dashboard',
    include: ['test/dashboard/*.test.ts'],
    globalSetup: 'test/dashboard/serve.mjs',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
