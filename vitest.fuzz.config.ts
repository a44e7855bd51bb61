import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'fuzz', include: ['test/fuzz/*.test.ts'], pool: 'forks' },
});
