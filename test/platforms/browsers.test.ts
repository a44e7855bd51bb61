import { afterAll, describe, expect, inject, it } from 'vitest';
import type { Browser } from './browsers/browser.js';
import { browserPages } from './places/pages.js';
import { LIVES, lifeOfPage } from './places/lives.js';
import { isTested, proves } from './proves.js';

for (const { browser, places } of browserPages) {
  describe.skipIf(!isTested(browser))(browser.name, () => {
    let running: Promise<Browser> | undefined;
    const start = () => (running ??= browser.launch());

    for (const { name, socket, traits, run } of places) {
      describe(`${name}, on ${socket}`, () => {
        proves(traits, async () => run(inject('home'), await start()));
      });
    }

    it.each(Object.entries(LIVES[browser.name]))('a page: %s', async (act, found) => {
      expect(await lifeOfPage(inject('home'), await start(), act)).toEqual(found);
    });

    afterAll(async () => (await running)?.[Symbol.asyncDispose]());
  });
}
