import { asyncScheduler, Observable, tap } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { scriptedServer } from '../../src/testing/index.js';
import type { ScriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { marbleSvg } from './marble-diagram.js';
import type { Mark, MarbleDiagram, OperatorRow, Span, StreamRow } from './marble-diagram.js';

/** What lifecycle events are drawn as. */
const EVENTS: Readonly<Record<string, readonly [text: string, meaning: string, hue: number]>> = {
  connecting: ['c', 'connecting', 45],
  open: ['o', 'open', 135],
  heartbeat: ['h', 'heartbeat', 320],
  error: ['e', 'error', 340],
  close: ['x', 'close', 10],
  reconnecting: ['r', 'reconnecting', 265],
};

/** How an event is drawn, where the value is one. */
const eventOf = (value: unknown) => EVENTS[String((value as { type?: unknown } | null)?.type)];

/** Where operators run in virtual time, and what they do is written down. */
export class Stage {
  readonly #helpers: RunHelpers;
  readonly #duration: number;
  readonly #places: (() => readonly (OperatorRow | StreamRow)[])[] = [];
  readonly #seen = new Set<NonNullable<ReturnType<typeof eventOf>>>();

  constructor(helpers: RunHelpers, duration: number) {
    this.#helpers = helpers;
    this.#duration = duration;
  }

  get cold(): RunHelpers['cold'] {
    return this.#helpers.cold;
  }

  get drawing(): Pick<MarbleDiagram, 'rows' | 'legend'> {
    const order = Object.values(EVENTS);
    const legend = [...this.#seen].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    return { rows: this.#places.flatMap((rows) => rows()), legend };
  }

  server(scripts: readonly string[], values?: Record<string, unknown>): ScriptedServer {
    return scriptedServer(this.cold, scripts, values);
  }

  /** Takes the next place for an operator. */
  box(operator: string): void {
    this.#places.push(() => [{ operator }]);
  }

  /** Takes the next place for what passes here, one subscription after another. */
  line<T>(label: string, textOf: (value: T) => string = String): MonoTypeOperatorFunction<T> {
    const spans: Span[] = [];
    this.#places.push(() => [{ label, spans }]);

    return (source) =>
      new Observable((subscriber) => {
        const marks: Mark[] = [];
        const span = { from: asyncScheduler.now(), to: undefined as number | undefined, marks };
        spans.push(span);
        const note = (what: Pick<Mark, 'kind'> & { readonly text?: string; readonly hue?: number | undefined }) =>
          this.#isOver || marks.push({ at: asyncScheduler.now(), ...what } as Mark);
        return source
          .pipe(
            tap({
              next: (value) => {
                const event = eventOf(value);
                if (event) this.#seen.add(event);
                note({ kind: 'value', text: event?.[0] ?? textOf(value), hue: event?.[2] });
              },
              error: (error: unknown) => note({ kind: 'error', text: (error as Error).name }),
              complete: () => note({ kind: 'complete' }),
              finalize: () => {
                if (!this.#isOver) span.to = asyncScheduler.now();
              },
            }),
          )
          .subscribe(subscriber);
      });
  }

  /** Plays a stream to the end of the diagram. */
  play(stream: Observable<unknown>): void {
    const subscription = stream.subscribe({ error: () => undefined }); // drawn
    asyncScheduler.schedule(() => subscription.unsubscribe(), this.#duration);
  }

  get #isOver(): boolean {
    return asyncScheduler.now() >= this.#duration;
  }
}

/** Draws what happens on a stage within so many virtual milliseconds. */
export function diagram(title: string, duration: number, act: (stage: Stage) => void): string {
  let stage: Stage | undefined;
  inVirtualTime((helpers) => act((stage = new Stage(helpers, duration))));
  return marbleSvg({ title, duration, ...stage!.drawing });
}
