import { asyncScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { observeWebSocket, ofType, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent, Link } from '../../src/index.node.js';
import type { TransportSink } from '../../src/transport/transport.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

/** A connection whose socket the test plays. */
function played(url = 'ws://test') {
  const transport = fakeTransport();
  const events: LifecycleEvent[] = [];
  const failed = vi.fn<(error: Error) => void>();
  const feed = observeWebSocket({ url, transport });
  feed.lifecycle.subscribe({ next: (event) => events.push(event), error: failed });
  return { transport, events, failed };
}

describe('what a socket reports before it is open', () => {
  it('is a failed handshake, whatever it closes with: 1006 and a HandshakeError', () => {
    const { transport, events, failed } = played();

    transport.sink.onClose(4000, 'go away', true);

    expect(events.map(brief)).toEqual(['connecting 1', 'close 1006 remote unclean']);
    expect(failed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'HandshakeError', fatal: false }));
  });

  it('is told as a HandshakeError that has it as its cause, and the URL without its secrets', () => {
    const { transport, events, failed } = played('wss://user:secret@test/path?token=secret');
    const reported = new Error('no route');

    transport.sink.onError(reported);
    transport.sink.onClose(1006, '', false);

    const [error] = failed.mock.calls[0]!;
    expect(events.map(brief)).toEqual(['connecting 1', 'error HandshakeError', 'close 1006 remote unclean']);
    expect(events[1]).toHaveProperty('error', error);
    expect(error).toMatchObject({ message: 'Cannot connect to wss://test/path: no route', fatal: false });
    expect(error.cause).toBe(reported);
  });
});

describe('what a socket reports while it is open', () => {
  it('is held: the first error is the cause of what the close is told as, its code and reason are kept', () => {
    const { transport, events, failed } = played();
    const errors = [new Error('first'), new Error('second')];
    transport.open();

    for (const error of errors) transport.sink.onError(error);
    expect(failed).not.toHaveBeenCalled();
    transport.sink.onClose(4002, 'moved', true);

    const [error] = failed.mock.calls[0]!;
    expect(events.slice(2)).toEqual([
      { type: 'error', error: errors[0] },
      { type: 'error', error: errors[1] },
      { type: 'close', code: 4002, reason: 'moved', wasClean: true, initiator: 'remote' },
    ]);
    expect(error).toMatchObject({ name: 'ConnectionClosedError', code: 4002, reason: 'moved', wasClean: true });
    expect(error.cause).toBe(errors[0]);
  });
});

describe('what a socket reports after it was given up and replaced', () => {
  const reports: [string, (sink: TransportSink) => void][] = [
    ['that it is open', (sink) => sink.onOpen('late', '')],
    ['a message', (sink) => sink.onMessage('"late"', 6)],
    ['what will not decode', (sink) => sink.onMessage('{', 1)],
    ['a pong', (sink) => sink.onPong('late')],
    ['an error', (sink) => sink.onError(new Error('late'))],
    ['its close', (sink) => sink.onClose(4000, 'late', true)],
  ];

  describe.each(['connecting', 'open'])('while it was %s', (phase) => {
    it.each(reports)('is ignored: %s', (_, report) => {
      inVirtualTime(({ at, flush }) => {
        const transport = fakeTransport();
        const feed = observeWebSocket(
          { url: 'ws://test', transport, connectTimeout: 5 },
          retryWithBackoff({ delays: [2] }),
        );
        const log = record(feed.lifecycle, brief);
        const messages = record(feed.messages);
        const pongs: unknown[] = [];
        const links: Link[] = [];
        feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => {
          links.push(link);
          link.pongs.subscribe((payload) => pongs.push(payload));
        });
        const replaced = transport.sink;
        if (phase === 'open') {
          transport.open();
          asyncScheduler.schedule(() => links[0]!.terminate(new Error('dead')), 5);
        }
        at(8, () => transport.open());
        const before = () => ({ ...feed.stats, received: links.map(({ received }) => received) });
        let stats: unknown;
        at(9, () => (stats = before()));
        at(9, () => report(replaced));

        flush();

        expect(log.slice(-2)).toEqual(['7 connecting 2', '8 open 2']);
        expect([messages, pongs]).toEqual([[], []]);
        expect(before()).toEqual(stats);
        expect(feed.state.value).toEqual({ status: 'open', attempt: 2, protocol: '' });
        expect(transport.calls).toEqual(['terminate']);
      });
    });
  });
});
