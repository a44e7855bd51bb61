import type { BrowserCommand } from 'vitest/node';
import type {} from '@vitest/browser-playwright';

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** The page has no network for so many milliseconds: open sockets freeze, none can be opened. */
    loseNetwork(ms: number): Promise<void>;
  }
}

/** The page cannot ask for its network back, hence a time: what the test runner says to it freezes as well. */
export const loseNetwork: BrowserCommand<[ms: number]> = ({ context }, ms) => {
  setTimeout(() => {
    void context.setOffline(true).then(() => setTimeout(() => void context.setOffline(false), ms));
  });
};
