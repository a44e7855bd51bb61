import {
  heartbeat,
  isConnectionClosedError,
  mergeMapBounded,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
  text,
} from 'rxwire';

export const name = 'rxwire';

export const settings =
  '`heartbeat({ interval: 500, timeout: 500 })`, `stopOnFatalClose()`, `retryWithBackoff({ initialDelay: 500, maxDelay: 1000 })`, `connectTimeout: 1500`, `closeTimeout: 1000`, `mergeMapBounded` with `pausing`';

export const expected = {};

export function connect(url, { onOpen, onMessage, onClose, onGiveUp }) {
  const feed = observeWebSocket(
    { url, codec: text(), connectTimeout: 1500, closeTimeout: 1000 },
    heartbeat({ interval: 500, timeout: 500 }),
    stopOnFatalClose(),
    retryWithBackoff({ initialDelay: 500, maxDelay: 1000 }),
  );
  let isClosed = false;
  feed.lifecycle.subscribe({
    next: (event) => {
      if (event.type === 'open') onOpen();
      if (event.type === 'close') onClose(event.code, event.reason);
    },
    error: (error) => onGiveUp(isConnectionClosedError(error.cause) ? `${error.cause.code}` : error.message),
    complete: () => isClosed || onGiveUp('completed'),
  });
  feed.messages
    .pipe(mergeMapBounded((message) => Promise.resolve(onMessage(message)), { pausing: feed }))
    .subscribe({ error: () => undefined });
  return {
    send: (message) => feed.messages.next(message),
    close: () => {
      isClosed = true;
      void feed.close();
    },
  };
}
