import * as rxjs from 'rxjs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  heartbeat,
  isWebSocketError,
  mergeMapBounded,
  observeWebSocket,
  ofType,
  retryWithBackoff,
  WebSocketError,
} from '../../src/index.node.js';
import type { WebSocketConnection } from '../../src/index.node.js';
import { coldOn, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { blocksIn } from './pages.js';

type AsyncFunctionClass = new (...names: string[]) => (...values: unknown[]) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as AsyncFunctionClass;

/** Runs a block of a page unchanged, with these globals. */
function run(code: string, globals: Record<string, unknown>): Promise<void> {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ESNext } });
  return new AsyncFunction(...Object.keys(globals), outputText)(...Object.values(globals));
}

const recipe = (part: string, of = 'docs/backpressure.md') =>
  blocksIn('ts').find(({ page, code }) => page === of && code.includes(part))!.code;

/** A feed whose servers play scripts in real time, one character per millisecond. */
function scripted(...scripts: string[]) {
  const { transport, sent } = scriptedServer(coldOn(), scripts);
  return { sent, feed: observeWebSocket<unknown>({ url: 'ws://test', transport }) };
}

const ENDS: [how: string, script: string, end: (feed: WebSocketConnection) => void, failures: string[]][] = [
  ['fails', '-o-#', () => undefined, ['ConnectionClosedError']],
  ['never opens', '-#', () => undefined, ['HandshakeError']],
  ['is closed elsewhere', '-o', (feed) => void feed.close(), []],
];

/** Calls `end` at the first `open`. */
const atOpen = (feed: WebSocketConnection, end: (feed: WebSocketConnection) => void) =>
  feed.events.pipe(rxjs.first(({ type }) => type === 'open')).subscribe({ next: () => end(feed), error: () => {} });

describe('A loop that sends no faster than the peer reads', () => {
  const loop = recipe('of commands');

  /** Endless commands, one per millisecond. */
  async function* commands(finished: () => void) {
    try {
      for (let n = 0; ; n++) {
        await rxjs.firstValueFrom(rxjs.timer(1));
        yield n;
      }
    } finally {
      finished();
    }
  }

  it.each(ENDS)('ends, and returns its source, when the feed %s', async (_, script, end, failures) => {
    const { feed } = scripted(script);
    const errors: string[] = [];
    let isFinished = false;
    atOpen(feed, end);

    const running = run(loop, {
      feed,
      commands: commands(() => (isFinished = true)),
      handleError: ({ name }: Error) => errors.push(name),
    });

    await expect(running).rejects.toSatisfy(isWebSocketError);
    expect(errors).toEqual(failures);
    expect(isFinished).toBe(true);
    expect(feed.stats.queued).toBe(0);
  });

  it('sends all commands, and closes', async () => {
    const { feed, sent } = scripted('-o');
    const received: unknown[] = [];
    sent.subscribe((command) => received.push(command));

    await run(loop, { feed, commands: [1, 2, 3], handleError: expect.fail });

    expect(received).toEqual([1, 2, 3]);
    expect(feed.state.value.status).toBe('closed');
  });
});

describe('A connection that sends to another one', () => {
  const lead = recipe('source.messages');

  it.each(ENDS)('is unsubscribed when the other one %s', async (_, script, end, failures) => {
    const { feed } = scripted(script);
    const { feed: source } = scripted('o a 1ms b 1ms c 1ms d 1ms e 1ms f 1ms g');
    const errors: Error[] = [];
    atOpen(feed, end);
    const unsubscribed = rxjs.firstValueFrom(
      source.state.pipe(
        rxjs.skip(1),
        rxjs.first(({ status }) => status === 'idle'),
      ),
    );

    await run(lead, { feed, source, mergeMapBounded, handleError: (error: Error) => errors.push(error) });
    await unsubscribed;

    expect(errors.slice(0, -1).map(({ name }) => name)).toEqual(failures);
    expect(errors.at(-1)).toSatisfy(isWebSocketError); // of the pipeline
  });

  it('sends in order', async () => {
    const { feed, sent } = scripted('5ms o');
    const { feed: source } = scripted('o-a-b-c');
    const received = rxjs.firstValueFrom(sent.pipe(rxjs.take(3), rxjs.toArray()));

    await run(lead, { feed, source, mergeMapBounded, handleError: () => undefined });

    expect(await received).toEqual(['a', 'b', 'c']);
    await Promise.all([source.close(), feed.close()]);
  });
});

describe('a watchdog for data', () => {
  const watchdog = recipe('const watchdog =', 'docs/reconnect.md');

  /** A feed whose pings are always answered, under the watchdog, for so long. */
  function watched(scripts: string[], duration: number, act?: (feed: WebSocketConnection) => void) {
    let lines: string[] = [];
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, scripts);
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport },
        heartbeat({ interval: 10_000, timeout: 5000, random: () => 0.5 }),
        retryWithBackoff({ delays: [0, 0] }),
      );
      void run(watchdog, { ...rxjs, feed, ofType, WebSocketError });
      lines = record(feed.lifecycle.pipe(ofType('open', 'close', 'reconnecting')), brief);
      act?.(feed);
      at(duration, () => void feed.close());
    });
    return lines;
  }

  it('ends a connection that brought no data for a minute, though its pings are answered, and watches the next', () => {
    expect(watched(['o 9s a 59s a 59s a', 'o 9s a'], 300_000)).toEqual([
      '0 open 1',
      '188003 close 1006 local unclean',
      '188003 reconnecting 1 in 0 after WebSocketError',
      '188003 open 2',
      '258004 close 1006 local unclean',
      '258004 reconnecting 1 in 0 after WebSocketError',
      '258004 open 3',
      '300000 close 1000 local',
      '300000 |',
    ]);
  });

  it('lets a connection be that is busy, and one that is paused', () => {
    const busy = watched([`o ${'999ms a '.repeat(200)}`], 200_000);
    const paused = watched(['o'], 200_000, (feed) => feed.pause());

    expect([busy, paused]).toEqual(Array(2).fill(['0 open 1', '200000 close 1000 local', '200000 |']));
  });
});
