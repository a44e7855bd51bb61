import { defineConfig } from 'vitest/config';
import { hasChromium } from './test/helpers/chromium.js';

export default defineConfig({
  test: {
    projects: ['vitest.config.ts', ...(hasChromium ? ['vitest.browser.config.ts'] : [])],
    // Of Node and Chromium together.
    coverage: {
      include: ['src/**/*.ts', 'operators/**/*.ts'],
      // Tested where this does not see it: the command, in processes of its own.
      exclude: ['src/cli/{main,message-codec,run,usage,version}.ts'],
      thresholds: { branches: 98 },
    },
  },
});
