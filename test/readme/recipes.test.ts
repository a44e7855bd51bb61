import * as rxjs from 'rxjs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { mergeMapBounded, observeWebSocket } from '../../src/index.node.js';
import type { WebSocketConnection } from '../../src/index.node.js';
import { coldOn, scriptedServer } from '../../src/testing/index.js';
import { blocksIn } from './pages.js';

type AsyncFunctionClass = new (...names: string[]) => (...values: unknown[]) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as AsyncFunctionClass;

/** Runs a block of a page as it stands, among the things that it takes for granted. */
function run(code: string, globals: Record<string, unknown>): Promise<void> {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ESNext } });
  return new AsyncFunction(...Object.keys(globals), outputText)(...Object.values(globals));
}

const recipe = (start: string) =>
  blocksIn('ts').find(({ page, code }) => page === 'docs/backpressure.md' && code.startsWith(start))!.code;

/** A feed whose servers follow scripts in real time, a character a millisecond. */
function scripted(...scripts: string[]) {
  const { transport, sent } = scriptedServer(coldOn(), scripts);
  return { sent, feed: observeWebSocket<unknown>({ url: 'ws://test', transport }) };
}

const ENDS: [how: string, script: string, end: (feed: WebSocketConnection) => void, failures: string[]][] = [
  ['fails', '-o-#', () => undefined, ['ConnectionClosedError']],
  ['never opens', '-#', () => undefined, ['HandshakeError']],
  ['is closed by somebody else', '-o', (feed) => void feed.close(), []],
];

describe('a loop that sends no faster than the peer reads', () => {
  const loop = recipe('const isReady =');

  /** Commands without end, which take a while each. */
  async function* commands(left: () => void) {
    try {
      for (let n = 0; ; n++) {
        await rxjs.firstValueFrom(rxjs.timer(1));
        yield n;
      }
    } finally {
      left();
    }
  }

  it.each(ENDS)('is left, and its source with it, when the feed %s', async (_, script, end, failures) => {
    const { feed } = scripted(script);
    const told: string[] = [];
    let isLeft = false;
    feed.events.pipe(rxjs.first(({ type }) => type === 'open')).subscribe({ next: () => end(feed), error: () => {} });

    await run(loop, {
      ...rxjs,
      feed,
      commands: commands(() => (isLeft = true)),
      handleError: ({ name }: Error) => told.push(name),
    });

    expect(isLeft).toBe(true);
    expect(told).toEqual(failures);
    expect(feed.stats.queued).toBe(0);
  });

  it('sends all there is to send, and closes', async () => {
    const { feed, sent } = scripted('-o');
    const seen: unknown[] = [];
    sent.subscribe((command) => seen.push(command));

    await run(loop, { ...rxjs, feed, commands: [1, 2, 3], handleError: expect.fail });

    expect(seen).toEqual([1, 2, 3]);
    expect(feed.state.value.status).toBe('closed');
  });
});

describe('a connection that is led into another', () => {
  const lead = recipe('const ready =');

  it.each(ENDS)('is left when the other one %s', async (_, script, end, failures) => {
    const { feed } = scripted(script);
    const { feed: source } = scripted('o a 1ms b 1ms c 1ms d');
    const told: string[] = [];
    feed.events.pipe(rxjs.first(({ type }) => type === 'open')).subscribe({ next: () => end(feed), error: () => {} });
    const sourceLeft = rxjs.firstValueFrom(
      source.state.pipe(
        rxjs.skip(1),
        rxjs.first(({ status }) => status === 'idle'),
      ),
    );

    await run(lead, {
      ...rxjs,
      feed,
      source,
      mergeMapBounded,
      isReady: () => feed.state.value.status === 'open',
      handleError: ({ name }: Error) => told.push(name),
    });
    await sourceLeft;

    expect(told).toEqual(failures);
  });

  it('goes out in order', async () => {
    const { feed, sent } = scripted('5ms o');
    const { feed: source } = scripted('o-a-b-c');
    const seen = rxjs.firstValueFrom(sent.pipe(rxjs.take(3), rxjs.toArray()));

    await run(lead, {
      ...rxjs,
      feed,
      source,
      mergeMapBounded,
      isReady: () => feed.state.value.status === 'open',
      handleError: () => undefined,
    });

    expect(await seen).toEqual(['a', 'b', 'c']);
    await Promise.all([source.close(), feed.close()]);
  });
});
