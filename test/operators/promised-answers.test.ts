import { NEVER, of, Subject, throwError } from 'rxjs';
import type { Observable, OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  completeOnClose,
  ConnectionClosedError,
  heartbeat,
  inSequence,
  logLifecycle,
  mergeMapBounded,
  multiplex,
  observeWebSocket,
  refreshOnUnauthorized,
  requestResponse,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import { bufferCountOrTime } from '../../operators/index.js';
import { playedSockets } from '../helpers/played-sockets.js';

const ends = () => throwError(() => new ConnectionClosedError({ code: 4401, reason: '', wasClean: true }));

/** What comes of a source behind an operator. */
function outcome<T>(source: Observable<T>, operator: OperatorFunction<T, unknown>): unknown {
  let seen: unknown = 'nothing';
  source.pipe(operator).subscribe({ error: (error: unknown) => (seen = error), complete: () => (seen = 'completed') });
  return seen;
}

const isPromised = (name: string) => ({
  name: 'TypeError',
  message: `Expected \`${name}\` to be an answer, and no promise of one, got object.`,
});

// Each promise is a yes, and another key.
const promise = () => Promise.resolve(false) as never;

describe('A function that is async by mistake is a clear error', () => {
  it.each<[string, unknown]>([
    ['codes(…)', outcome<never>(ends(), completeOnClose(promise))],
    ['codes(…)', outcome<never>(ends(), stopOnFatalClose({ codes: promise }))],
    ['codes(…)', outcome(ends(), refreshOnUnauthorized(() => NEVER, { codes: promise }) as never)],
    ['shouldRetry(…)', outcome(ends(), retryWithBackoff({ shouldRetry: promise }))],
    ['waitAfter(error)', outcome(ends(), retryWithBackoff({ waitAfter: promise }))],
    [
      'isStart(value)',
      outcome(
        of(1),
        inSequence((value) => value, { isStart: promise }),
      ),
    ],
    [
      'keyOf(value)',
      outcome(
        of(1),
        inSequence((value) => value, { keyOf: promise }),
      ),
    ],
    [
      'conflateBy(value)',
      outcome(
        of(1, 2),
        mergeMapBounded(() => NEVER, { conflateBy: promise }),
      ),
    ],
  ])('%s', (name, seen) => {
    expect(seen).toMatchObject(isPromised(name));
  });

  it('isReply(data), and no message is taken for a reply', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport }, heartbeat({ ping: () => 'ping', isReply: promise }));
    let seen: unknown;
    feed.messages.subscribe({ error: (error: unknown) => (seen = error) });
    transport.socket.open().say('x');

    expect(seen).toMatchObject(isPromised('isReply(data)'));
  });

  it.each(['keyOf', 'idOf', 'answerOf'] as const)('%s(message) of topics, by a `rejected`', (name) => {
    const { transport, feed, rejected } = withRejected();
    const options = name === 'answerOf' ? { keyOf: () => 1, answerOf: promise } : { [name]: promise };
    const topics = multiplex(feed, { subscribe: () => 'sub', unsubscribe: () => 'unsub', ...options });
    topics(1).subscribe();
    transport.socket.open().say('x');

    expect(rejected).toEqual([isPromised(`${name}(message)`).message]);
  });

  it('idOf(message) of requests, by a `rejected`', () => {
    const { transport, feed, rejected } = withRejected();
    const request = requestResponse<unknown, unknown, number>(feed, { idOf: promise });
    request(1, 'question').subscribe({ error: () => undefined });
    transport.socket.open().say('x');

    expect(rejected).toEqual([isPromised('idOf(message)').message]);
  });

  it.each(['errorOf', 'isLast'])('%s(message) of requests, by the error of the request', (name) => {
    const { transport, feed } = withRejected();
    const request = requestResponse<unknown, unknown, number>(feed, { idOf: () => 1, [name]: promise });
    let seen: unknown;
    request(1, 'question').subscribe({ error: (error: unknown) => (seen = error) });
    transport.socket.open().say('x');

    expect(seen).toMatchObject(isPromised(`${name}(message)`));
  });
});

function withRejected() {
  const transport = playedSockets();
  const feed = observeWebSocket<unknown>({ url: 'ws://test', transport });
  const rejected: unknown[] = [];
  feed.messages.subscribe({ error: () => undefined });
  feed.events.subscribe((event) => event.type === 'rejected' && rejected.push(causeOf(event.error)));
  return { transport, feed, rejected };
}

const causeOf = ({ cause }: Error) => (cause as Error).message;

describe('A list or a function in the place of options is a TypeError', () => {
  const wrong: [string, unknown][] = [
    ['a list', [4401]],
    ['object', null],
    ['function', () => 1],
  ];
  const operators: [string, (options: never) => unknown][] = [
    ['stopOnFatalClose', stopOnFatalClose],
    ['retryWithBackoff', retryWithBackoff],
    ['heartbeat', heartbeat],
    ['refreshOnUnauthorized', (options) => refreshOnUnauthorized(() => NEVER, options)],
    ['mergeMapBounded', (options) => mergeMapBounded(() => NEVER, options)],
    ['inSequence', (options) => inSequence(() => 1, options)],
    ['logLifecycle', (options) => logLifecycle(console, options)],
    ['reconnect', (options) => { observeWebSocket('ws://test').reconnect(options); }], // prettier-ignore
    ['outbox', (outbox) => observeWebSocket({ url: 'ws://test', outbox })],
  ];

  it.each(operators.flatMap(([name, make]) => wrong.map(([what, value]) => [name, what, make, value] as const)))(
    '%s, %s',
    (_name, _what, make, value) => {
      expect(() => make(value as never)).toThrow(
        /^Expected `(options|outbox)` to be an object(, and no list)?, got (object|null|function)/,
      );
      expect(() => make(value as never)).toThrow(TypeError);
    },
  );
});

it('a promise for a size is a clear error too', () => {
  const source = new Subject<number>();
  let seen: unknown;
  source
    .pipe(bufferCountOrTime(10, 10, { sizeOf: promise, maxSize: 5 }))
    .subscribe({ error: (error: unknown) => (seen = error) });
  source.next(1);

  expect(seen).toMatchObject({ name: 'TypeError' });
});
