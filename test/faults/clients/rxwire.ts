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
import type { Count, Trace } from '../trace.js';
import type { Dial, Session } from './client.js';

/** Describes an error briefly: its name, its code or status, and whether it is fatal. */
export function describeError(error: Error): string {
  const shown = isFatalCloseError(error) ? (error.cause as Error) : error;
  const { code } = (shown.cause ?? {}) as NodeJS.ErrnoException;
  const what = isConnectionClosedError(shown) ? shown.code : isHandshakeError(shown) ? (shown.status ?? code) : code;
  return [error.name, what, isFatalError(error) && '(fatal)'].filter(Boolean).join(' ');
}

/** rxwire with the supervision of the first example in its README. */
export function rxwire({ nextUrl, ca, isQuiet, pace }: Dial, trace: Trace) {
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
  /** The number of messages that sockets had taken at the end of each connection. */
  const handedOver: number[] = [];
  let end: Error | 'completed' | undefined;

  feed.state.subscribe(({ status }) => states.push(status));
  feed.lifecycle.subscribe({
    next: (event) => {
      events.push(event);
      if (event.type === 'open') trace.opened();
      if (event.type === 'close') handedOver.push(feed.stats.sent);
      if (event.type === 'reconnecting') trace.lost(describeError(event.error));
    },
    error: (error: unknown) => {
      end = error as Error;
      trace.lost(describeError(end));
      trace.ended();
    },
    complete: () => {
      end = 'completed';
      trace.ended();
    },
  });
  feed.messages.subscribe({ next: (count) => trace.received(count), error: () => {} });

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
