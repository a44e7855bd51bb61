import { NEVER, Subject } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { toError } from '../../src/protocol/to-error.js';
import type { Link } from '../../src/protocol/link.js';

/** One connection as an operator sees it, its peer played by hand. */
export class FakeLink implements Link {
  received = 0;
  writable = true;
  paused = false;
  pauses = 0;
  messages: Observable<unknown> = NEVER;
  ping?: (payload?: string) => void;
  /** What was done to it, one line each, with the time before it. */
  readonly log: string[];
  /** What nobody consumed. */
  readonly delivered: unknown[] = [];
  terminatedWith: Error | undefined;
  /** What follows a `terminate`. */
  onTerminate: (error: Error) => void = () => undefined;
  /** What the peer does when it is pinged or sent something. */
  onSent: () => void = () => undefined;
  readonly #clock: Pick<SchedulerLike, 'now'>;
  readonly #pongs = new Subject<unknown>();
  readonly #looks = new Set<(data: string | Uint8Array) => boolean>();

  constructor(clock: Pick<SchedulerLike, 'now'>, { pingFrames = true, log = [] as string[] } = {}) {
    this.#clock = clock;
    this.log = log;
    if (pingFrames) {
      this.ping = () => {
        this.note('ping');
        this.onSent();
      };
    }
  }

  /** Whether somebody looks at what arrives. */
  get watched(): boolean {
    return this.#looks.size > 0 || this.#pongs.observed;
  }

  get pongs(): Observable<unknown> {
    return this.#pongs.asObservable();
  }

  intercept(look: (data: string | Uint8Array) => boolean): () => void {
    this.#looks.add(look);
    return () => void this.#looks.delete(look);
  }

  send(): never {
    throw new Error('Pings are sent as they are, past the codec.');
  }

  sendRaw(data: string | Uint8Array): void {
    this.note(`sent ${String(data)}`);
    this.onSent();
  }

  close(): void {
    this.note('close');
  }

  terminate(error: Error, code?: number): void {
    this.terminatedWith = error;
    this.note(`terminate ${error.name}${code ? ` ${code}` : ''}`);
    this.onTerminate(error);
  }

  // The peer's side, and the reader's

  pong(): void {
    this.received++;
    this.#pongs.next('');
  }

  message(data: string | Uint8Array): void {
    this.received++;
    try {
      for (const look of [...this.#looks]) if (look(data)) return;
    } catch (thrown) {
      this.terminate(toError(thrown));
      return;
    }
    this.delivered.push(data);
  }

  pause(): void {
    this.paused = true;
    this.pauses++;
  }

  resume(): void {
    this.paused = false;
  }

  note(what: string): void {
    this.log.push(`${this.#clock.now()} ${what}`);
  }
}
