/*
 * Tests of a user, for any runner. `FAILS` in the environment makes one of them wrong.
 */
import { TestScheduler } from 'rxjs/testing';
import { observeWebSocket } from 'rxwire';
import { onOpen, retryWithBackoff } from 'rxwire/operators';
import { expectLifecycle, scriptedServer, silence } from 'rxwire/testing';

/** Each is given the runner's own comparison. */
export const tests = {
  'a lifecycle is compared with marbles': inVirtualTime(({ cold }) => {
    const { transport } = scriptedServer(cold, ['--o--#', '--o']);
    const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [9] }));

    expectLifecycle(feed).toBe(globalThis.process.env.FAILS ? 'c-o--(xr) 9ms c-o' : 'c-o--(xr) 5ms c-o');
  }),

  'a server answers, and falls silent': inVirtualTime(({ cold, expectObservable }) => {
    const reply = (message) => ({ re: message });
    const server = scriptedServer(cold, ['-o 60s s'], { s: silence() }, { reply });
    const feed = observeWebSocket(
      { url: 'ws://test', transport: server.transport },
      onOpen((link) => link.send('log in')),
    );

    expectObservable(feed.messages, '9ms !').toBe('-a', { a: { re: 'log in' } });
    expectObservable(server.sent).toBe('-a', { a: 'log in' });
  }),
};

/** An outage of an hour and more, for fake timers. @returns what was delivered, and how many attempts were made */
export async function anHourOffline({ coldOn, advance }) {
  const scripts = ['9ms o 9ms a 9ms #', ...Array(124).fill('9ms #'), '9ms o 9ms b'];
  const server = scriptedServer(coldOn(), scripts);
  const feed = observeWebSocket(
    { url: 'ws://test', transport: server.transport },
    retryWithBackoff({ jitter: 'none' }),
  );
  const messages = [];
  feed.messages.subscribe((message) => messages.push(message));
  await advance(3_600_000);
  const meanwhile = [...messages];
  await advance(60_000);
  await feed.close();
  return { meanwhile, messages, attempts: server.connections.length };
}

export const HOUR = { meanwhile: ['a'], messages: ['a', 'b'], attempts: 126 };

function inVirtualTime(test) {
  return (assertDeepEqual) => new TestScheduler(assertDeepEqual).run(test);
}
