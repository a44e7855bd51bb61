import { asyncScheduler, concatMap, defer, filter, first, map, tap, timeout, timer } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import {
  completeOnClose,
  heartbeat,
  logLifecycle,
  observeWebSocket,
  onOpen,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import type { LifecycleEvent, Supervision } from '../../src/index.node.js';
import { closeWith, refuseWith, scriptedServer, silence } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief } from '../helpers/record.js';

/** What a run knows while it is made. */
interface Run {
  note(what: string): void;
  /** Whether the credentials were refreshed. */
  isRefreshed: boolean;
}

const silenceOf =
  (each: number): MonoTypeOperatorFunction<LifecycleEvent> =>
  (lifecycle) =>
    lifecycle.pipe(timeout(each));

/** The operators that are put in an order, by what a page calls them. */
const OPERATORS = {
  'onOpen(logIn)': ({ note }: Run) =>
    onOpen((link) => {
      link.send('log in');
      return link.messages.pipe(
        first(),
        tap((answer) => {
          if (answer === 401) throw Object.assign(new Error('unauthorized'), { status: 401 });
          if (answer === 'no') throw new Error('no');
          note('logged in');
        }),
      );
    }),
  'heartbeat()': () => heartbeat({ interval: 10_000, timeout: 5000, random: () => 0.5 }),
  'refreshOnUnauthorized(refresh)': (run: Run) =>
    refreshOnUnauthorized(() =>
      defer(() => {
        run.note('refresh');
        return timer(5).pipe(tap(() => (run.isRefreshed = true)));
      }),
    ),
  'completeOnClose([4404])': () => completeOnClose([4404]),
  'completeOnClose()': () => completeOnClose(),
  'stopOnFatalClose()': () => stopOnFatalClose(),
  'retryWithBackoff()': () => retryWithBackoff({ jitter: 'none' }),
  'logLifecycle(logger)': ({ note }: Run) => {
    const write = (level: string) => (_: object, text: string) => note(`log ${level}: ${text}`);
    return logLifecycle({ debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') });
  },
  'timeout(60_000)': () => silenceOf(60_000),
  'timeout(5000)': () => silenceOf(5000),
  'concatMap(audit)': ({ note }: Run) =>
    concatMap((event: LifecycleEvent) =>
      timer(60).pipe(
        map(() => event),
        tap(({ type }) => note(`audited ${type}`)),
      ),
    ),
  "filter(({ type }) => type !== 'connecting')": () => filter(({ type }: LifecycleEvent) => type !== 'connecting'),
} satisfies Record<string, (run: Run) => Supervision>;

/** What an operator is called in code. */
export type OperatorCode = keyof typeof OPERATORS;

/** A server and what it does. */
export interface Scene {
  /** What the server does, in words. */
  readonly server: string;
  /** Marbles of `scriptedServer`; of `uo`, `u` refuses with 401 until the credentials were refreshed, and `o` opens then. */
  readonly scripts: readonly string[];
  /** What a login is answered with, and after how long. */
  readonly login?: readonly [answer: unknown, after?: number];
  /** When the connection is closed by its user. */
  readonly until: number;
}

const VALUES = { u: refuseWith(401), n: closeWith(4403), g: closeWith(4404), s: silence() };

/** What a connection under these operators does, one line an event. */
export function runOf(operators: readonly OperatorCode[], scene: Scene): string[] {
  const lines: string[] = [];
  inVirtualTime(({ cold, at, flush }) => {
    const note = (what: string) => void lines.push(`${String(asyncScheduler.now()).padStart(6)} ${what}`);
    const run = { note, isRefreshed: false };
    const [answer = 'ok', after = 0] = scene.login ?? [];
    const server = scriptedServer(
      (marbles, values) => cold(run.isRefreshed ? marbles.replace('u', '-') : marbles.replace('uo', 'u'), values),
      scene.scripts,
      VALUES,
      { reply: (message) => (message === 'log in' ? timer(after).pipe(map(() => answer)) : undefined) },
    );
    server.log.subscribe((entry) => {
      if (entry.type === 'message') note(`send ${String(entry.message)}`);
      if (entry.type === 'ping') note('ping');
    });
    const feed = observeWebSocket<unknown>(
      { url: 'ws://test', transport: server.transport },
      ...operators.map((code) => OPERATORS[code](run)),
    );
    feed.lifecycle.subscribe({
      next: (event) => event.type === 'heartbeat' || event.type === 'error' || note(brief(event)),
      error: (error: unknown) => note(`ends with ${(error as Error).name}`),
      complete: () => note('completes'),
    });
    at(scene.until, () => void feed.close());
    flush();
  });
  return lines;
}
