import { readdirSync } from 'node:fs';
import { map, merge, Observable, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as operators from '../../operators/index.js';
import { observeWebSocket } from '../../src/index.node.js';
import type { LifecycleEvent, Pausable, Supervision } from '../../src/index.node.js';
import { closeWith, raw, refuseWith } from '../../src/testing/index.js';
import { ROOT } from '../readme/pages.js';
import { diagram } from './stage.js';
import type { Stage } from './stage.js';

const {
  bufferCountOrTime,
  completeOnClose,
  heartbeat,
  inSequence,
  logLifecycle,
  mergeMapBounded,
  ofType,
  onOpen,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} = operators;

interface Scene {
  readonly duration: number;
  readonly act: (stage: Stage) => void;
}

/** Connections that follow scripts, and what an operator makes of their lifecycle. */
function supervised(
  code: string,
  operator: Supervision,
  duration: number,
  scripts: readonly string[],
  values?: Record<string, unknown>,
): Scene {
  return {
    duration,
    act(stage) {
      const { transport } = stage.server(scripts, values);
      const connection = stage.line<LifecycleEvent>('connection');
      stage.box(code);
      const lifecycle = stage.line<LifecycleEvent>('lifecycle');
      stage.play(observeWebSocket({ url: 'ws://test', transport }, connection, operator).lifecycle.pipe(lifecycle));
    },
  };
}

const letters = (batch: readonly string[]) => batch.join(' ');

const SCENES: Readonly<Record<Exclude<keyof typeof operators, 'leastWait' | 'lifecycleLogLevels'>, Scene>> = {
  onOpen: {
    duration: 28,
    act(stage) {
      const { transport, sent } = stage.server(['---o----------------#']);
      const connection = stage.line<LifecycleEvent>('connection');
      const setUp = stage.line('set-up');
      stage.box('onOpen((link) => …)');
      const lifecycle = stage.line<LifecycleEvent>('lifecycle');
      const out = stage.line('sent');
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        connection,
        onOpen((link) => {
          link.send('log in');
          return stage.cold<string>('--------|').pipe(setUp);
        }),
      );

      feed.messages.next('queued');
      stage.play(merge(feed.lifecycle.pipe(lifecycle), sent.pipe(out)));
    },
  },
  heartbeat: {
    duration: 50,
    act(stage) {
      const pong = raw('pong');
      const { transport, sent } = stage.server(['---o-----p------------p-------------------------'], { p: pong });
      const connection = stage.line<LifecycleEvent>('connection');
      const pings = stage.line('sent');
      stage.box('heartbeat({ interval: 12, timeout: 6 })');
      const lifecycle = stage.line<LifecycleEvent>('lifecycle');
      const pulse = heartbeat({
        interval: 12,
        timeout: 6,
        ping: () => 'ping',
        isReply: (data) => data === 'pong',
        random: () => 0.25,
      });

      const feed = observeWebSocket({ url: 'ws://test', transport }, connection, pulse);
      stage.play(merge(feed.lifecycle.pipe(lifecycle), sent.pipe(pings)));
    },
  },
  refreshOnUnauthorized: {
    duration: 32,
    act(stage) {
      const { transport } = stage.server(['---u', '---o--'], { u: refuseWith(401) });
      const connection = stage.line<LifecycleEvent>('connection');
      const refresh = stage.line<string>('refresh');
      stage.box('refreshOnUnauthorized(refresh)');
      const lifecycle = stage.line<LifecycleEvent>('lifecycle');
      const renew = refreshOnUnauthorized(() => stage.cold<string>('--------|').pipe(refresh));
      stage.play(observeWebSocket({ url: 'ws://test', transport }, connection, renew).lifecycle.pipe(lifecycle));
    },
  },
  completeOnClose: supervised('completeOnClose()', completeOnClose(), 20, ['---o-----------|']),
  stopOnFatalClose: supervised('stopOnFatalClose()', stopOnFatalClose(), 20, ['---o-----------x'], {
    x: closeWith(4401),
  }),
  retryWithBackoff: supervised(
    "retryWithBackoff({ initialDelay: 8, jitter: 'none' })",
    retryWithBackoff({ initialDelay: 8, jitter: 'none' }),
    52,
    ['----#', '----#', '----o----'],
  ),
  logLifecycle: {
    duration: 24,
    act(stage) {
      const { transport } = stage.server(['----o-----------#']);
      const connection = stage.line<LifecycleEvent>('connection');
      stage.box('logLifecycle(logger)');
      const lifecycle = stage.line<LifecycleEvent>('lifecycle');
      const logged = new Subject<string>();
      const log = logged.pipe(stage.line('log'));
      const at = (level: string) => () => logged.next(level);
      const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
      const feed = observeWebSocket({ url: 'ws://test', transport }, connection, logLifecycle(logger));
      stage.play(merge(log, feed.lifecycle.pipe(lifecycle)));
    },
  },
  ofType: {
    duration: 40,
    act(stage) {
      const { transport } = stage.server(['---o-------#', '---o--']);
      const lifecycle = stage.line<LifecycleEvent>('lifecycle');
      stage.box("ofType('open')");
      const opens = stage.line<LifecycleEvent>('');
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [8] }));
      stage.play(feed.lifecycle.pipe(lifecycle, ofType('open'), opens));
    },
  },
  bufferCountOrTime: {
    duration: 36,
    act(stage) {
      const source = stage.cold<string>('--a-b-c----d--------------ef--|').pipe(stage.line('source'));
      stage.box('bufferCountOrTime(3, 10)');
      stage.play(source.pipe(bufferCountOrTime(3, 10), stage.line('batches', letters)));
    },
  },
  inSequence: {
    duration: 44,
    act(stage) {
      const updates = { s: 'S4', a: '5', b: '6', c: '8', d: '9', t: 'S9', e: '10' };
      const source = stage.cold<string>('--s--a--a--b-----c--d------t--e-----|', updates).pipe(stage.line('source'));
      stage.box('inSequence(numberOf, { isStart, onGap })');
      const gaps = new Subject<string>();
      const onGap = ({ expected }: { readonly expected: unknown }) => gaps.next(`${String(expected)}?`);
      const noted = gaps.pipe(stage.line('onGap'));
      const numberOf = (value: string) => Number(value.replace('S', ''));
      const isStart = (value: string) => value.startsWith('S');
      stage.play(merge(noted, source.pipe(inSequence(numberOf, { isStart, onGap }), stage.line('result'))));
    },
  },
  mergeMapBounded: {
    duration: 62,
    act(stage) {
      const { transport } = stage.server(['o--a--b--c--d--e--f']);
      const feed = observeWebSocket<string>({ url: 'ws://test', transport });
      const messages = stage.line<string>('messages');
      const paused = stage.line<string>('paused');
      const pausing: Pausable = {
        canPause: true,
        pause() {
          const release = feed.pause();
          const held = new Observable<string>().pipe(paused).subscribe();
          return () => {
            held.unsubscribe();
            release();
          };
        },
      };
      const save = stage.line<string>('save');
      stage.box('mergeMapBounded(save, { highWaterMark: 2, pausing: feed })');
      const work = (value: string) =>
        stage.cold('-----r--|').pipe(
          map(() => value.toUpperCase()),
          save,
        );
      stage.play(
        feed.messages.pipe(messages, mergeMapBounded(work, { highWaterMark: 2, pausing }), stage.line('results')),
      );
    },
  },
};

describe('The diagram of', () => {
  it.each(Object.entries(SCENES))('%s is what a run gives', async (name, { duration, act }) => {
    await expect(diagram(name, duration, act)).toMatchFileSnapshot(`../../docs/marbles/${name}.svg`);
  });

  it('nothing else is kept', () => {
    const names = [...Object.keys(SCENES), 'states'].sort();

    expect(readdirSync(`${ROOT}docs/marbles`).sort()).toEqual(names.map((name) => `${name}.svg`));
  });
});
