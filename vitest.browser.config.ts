import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { loseNetwork } from './test/browser/lose-network.js';
import { launchOptions } from './test/helpers/chromium.js';

/** What tests of Node import leads to what browsers load. */
const nodeEntry = {
  find: /^.*\/src\/index\.node\.js$/,
  replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)),
};

export default defineConfig({
  resolve: { alias: [nodeEntry] },
  optimizeDeps: { include: ['rxjs', 'rxjs/testing', '@fast-check/vitest'] },
  test: {
    name: 'chromium',
    include: ['test/{leaves,operators,connection}/*.test.ts', 'test/browser/*.test.ts'],
    // These want Node itself: its streams, its environment, its Buffer, the inspection of its objects, a module loaded twice, a document
    // that is none.
    exclude: [
      'test/leaves/{codec,errors}.test.ts',
      'test/connection/{close,lifecycle,messages,model,slow-codec}.test.ts',
      'test/operators/heartbeat-on-a-page.test.ts',
    ],
    testTimeout: 20_000,
    globalSetup: ['test/browser/script-host.ts', 'test/browser/flood-host.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      api: { host: '127.0.0.1' },
      commands: { loseNetwork },
      provider: playwright({ launchOptions }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
