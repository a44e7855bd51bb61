import { afterAll, describe, inject } from 'vitest';
import type { Browser } from './browsers/browser.js';
import { browserPages } from './places/pages.js';
import { isTested, proves } from './proves.js';

for (const { browser, places } of browserPages) {
  describe.skipIf(!isTested(browser))(browser.name, () => {
    let running: Promise<Browser> | undefined;

    for (const { name, socket, traits, run } of places) {
      describe(`${name}, on ${socket}`, () => {
        proves(traits, async () => run(inject('home'), await (running ??= browser.launch())));
      });
    }

    afterAll(async () => (await running)?.[Symbol.asyncDispose]());
  });
}
