import {
  heartbeat,
  isConnectionClosedError,
  isFatalCloseError,
  isFatalError,
  isHandshakeError,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../../src/index.node.js';
import type { ConnectionState, LifecycleEvent } from '../../../src/index.node.js';
import { wsTransport } from '../../../src/transport/node.js';
import type { Count, Story } from '../story.js';
import type { Dial, Session } from './client.js';

/** An error in a few words: its name, what distinguishes it, and whether it is fatal. */
export function describeError(error: Error): string {
  const said = isFatalCloseError(error) ? (error.cause as Error) : error;
  const { code } = (said.cause ?? {}) as NodeJS.ErrnoException;
  const what = isConnectionClosedError(said) ? said.code : isHandshakeError(said) ? (said.status ?? code) : code;
  return [error.name, what, isFatalError(error) && '(fatal)'].filter(Boolean).join(' ');
}

/** rxwire with the supervision that its README begins with. */
export function rxwire({ nextUrl, ca, isQuiet, pace }: Dial, story: Story) {
  const feed = observeWebSocket<Count, number>(
    {
      url: nextUrl,
      connectTimeout: pace.connectTimeout,
      closeTimeout: pace.closeTimeout,
      transport: wsTransport({ ...(ca && { ca: [...ca] }) }),
    },
    ...(isQuiet ? [] : [heartbeat(pace.heartbeat)]),
    stopOnFatalClose(),
    retryWithBackoff({ initialDelay: pace.retryDelay, factor: 1, jitter: 'none' }),
  );
  const events: LifecycleEvent[] = [];
  const states: ConnectionState['status'][] = [];
  /** How many messages had been handed to a socket when each connection ended. */
  const handedOver: number[] = [];
  let end: Error | 'completed' | undefined;

  feed.state.subscribe(({ status }) => states.push(status));
  feed.lifecycle.subscribe({
    next: (event) => {
      events.push(event);
      if (event.type === 'open') story.opened();
      if (event.type === 'close') handedOver.push(feed.stats.sent);
      if (event.type === 'reconnecting') story.lost(describeError(event.error));
    },
    error: (error: unknown) => {
      end = error as Error;
      story.lost(describeError(end));
      story.ended();
    },
    complete: () => {
      end = 'completed';
      story.ended();
    },
  });
  feed.messages.subscribe({ next: (count) => story.received(count), error: () => {} });

  return {
    feed,
    events,
    states,
    handedOver,
    get end() {
      return end;
    },
    send: (n) => feed.messages.next(n),
    close: () => (end ? Promise.resolve() : feed.close()),
  } satisfies Session & Record<string, unknown>;
}

export type RxwireSession = ReturnType<typeof rxwire>;
