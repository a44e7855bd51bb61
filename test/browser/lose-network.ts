import type { BrowserCommand } from 'vitest/node';
import type {} from '@vitest/browser-playwright';

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Takes the network from the page for some milliseconds: open sockets freeze, and new ones fail. */
    loseNetwork(ms: number): Promise<void>;
  }
}

/** The time is fixed in advance, because the page cannot reach the test runner while it is offline. */
export const loseNetwork: BrowserCommand<[ms: number]> = ({ context }, ms) => {
  setTimeout(() => {
    void context.setOffline(true).then(() => setTimeout(() => void context.setOffline(false), ms));
  });
};
