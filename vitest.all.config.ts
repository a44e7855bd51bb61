import { defineConfig } from 'vitest/config';
import { hasChromium } from './vitest.browser.config.js';

export default defineConfig({
  test: { projects: ['vitest.config.ts', ...(hasChromium ? ['vitest.browser.config.ts'] : [])] },
});
