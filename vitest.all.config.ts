import { defineConfig } from 'vitest/config';
import { hasChromium } from './test/helpers/chromium.js';

export default defineConfig({
  test: { projects: ['vitest.config.ts', ...(hasChromium ? ['vitest.browser.config.ts'] : [])] },
});
