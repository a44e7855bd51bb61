import { defineConfig } from 'vitest/config';

/** Apart from the others: it takes both cores for a minute, and wants a nats-server. */
export default defineConfig({ test: { include: ['test/examples/ingest.test.ts'], testTimeout: 120_000 } });
