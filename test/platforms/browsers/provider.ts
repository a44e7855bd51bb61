import { defineBrowserProvider } from '@vitest/browser';
import type { Browser, BrowserKind } from './browser.js';
import { firefox } from './puppeteer.js';
import { webkit } from './webkit.js';

/** The name that vitest knows a browser by. */
const instance = { firefox, webkit };

/** Shows vitest's own pages in a browser that it has no provider for. */
const providerOf = (name: keyof typeof instance) =>
  defineBrowserProvider({
    name: `rxwire-${name}`,
    supportedBrowser: [name],
    options: {},
    providerFactory: () => {
      const kind: BrowserKind = instance[name];
      let running: Promise<Browser> | undefined;
      return {
        name: `rxwire-${name}`,
        supportsParallelism: false,
        initScripts: [],
        isOpen: () => running !== undefined,
        getCommandsContext: () => ({}),
        async openPage(_id: string, url: string) {
          await (await (running ??= kind.launch())).open(url);
        },
        async close() {
          await (await running)?.[Symbol.asyncDispose]();
          running = undefined;
        },
      };
    },
  });

export const firefoxProvider = providerOf('firefox');
export const webkitProvider = providerOf('webkit');
