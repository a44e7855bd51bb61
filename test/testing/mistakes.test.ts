import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { closeWith, raw, refuseWith, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

describe('An invalid script', () => {
  it.each([
    ['opens twice', 'oo', 'A script opens its connection twice.'],
    ['sends before it is open', 'a', 'A script sends before its connection is open: put an `o` first.'],
  ])('that %s is an error in the test', (_, script, message) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, [script]);
      observeWebSocket({ url: 'ws://test', transport }).lifecycle.subscribe({ error: () => undefined });

      expect(flush).toThrow(message);
    });
  });

  it.each([
    [[], '`scripts` to be an array of at least one marble string'],
    ['o', '`scripts` to be an array of at least one marble string'],
    [['o', 1], '`scripts[1]` to be a string'],
  ])('throws when the server is created: %j', (scripts, expectation) => {
    inVirtualTime(({ cold }) => {
      expect(() => scriptedServer(cold, scripts as string[])).toThrow(expectation);
    });
  });

  it.each([
    () => closeWith(999),
    () => closeWith(5000),
    () => closeWith(1000.5),
    () => refuseWith(199),
    () => refuseWith(600),
    () => refuseWith(400.5),
  ])('throws for an invalid code or status: %s', (make) => {
    expect(make).toThrow(RangeError);
  });
});

describe('A scripted close before the handshake', () => {
  it('is a refusal', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-c'], { c: closeWith(4000) });
      const log = record(observeWebSocket({ url: 'ws://test', transport }).lifecycle, brief);

      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '1 error HandshakeError',
        '1 close 1006 remote unclean',
        '1 # HandshakeError',
      ]);
    });
  });
});

describe('`sent` of a scripted server', () => {
  it('emits text that is not JSON unchanged', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-r'], { r: raw('{') });
      const sent: unknown[] = [];
      server.sent.subscribe((message) => sent.push(message));
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      feed.lifecycle.subscribe();
      at(1, () => feed.link!.sendRaw('no JSON'));
      at(2, () => feed.link!.sendRaw(new Uint8Array([1])));

      flush();

      expect(sent).toEqual(['no JSON', new Uint8Array([1])]);
    });
  });
});
