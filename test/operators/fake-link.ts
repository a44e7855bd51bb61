import { NEVER, Subject } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { toError } from '../../src/protocol/to-error.js';
import type { Link } from '../../src/protocol/link.js';

/** One connection as an operator sees it, its peer played by hand. */
export class FakeLink implements Link {
  received = 0;
  /** As on a transport that does not know, unless a test says otherwise. */
  receivedBytes: number | undefined;
  sentBytes: number | undefined;
  flushedBytes: number | undefined;
  writable = true;
  paused = false;
  pauses = 0;
  messages: Observable<unknown> = NEVER;
  ping?: (payload?: string) => void;
  /** What was done to it, one line each, with the time before it. */
  readonly log: string[];
  /** What no look has consumed. */
  readonly delivered: unknown[] = [];
  terminatedWith: Error | undefined;
  /** Follows a `terminate`. */
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

  /** Whether what arrives is looked at. */
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
    if (this.sentBytes !== undefined) this.sentBytes += data.length;
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

  /** The peer sends a ping of its own. */
  peerPing(): void {
    this.received++;
  }

  /** Bytes arrive of a frame that is not complete. */
  receiveBytes(count: number): void {
    this.receivedBytes = (this.receivedBytes ?? 0) + count;
  }

  /** So many bytes are sent, and wait in the socket. */
  sendBytes(count: number): void {
    this.sentBytes = (this.sentBytes ?? 0) + count;
    this.flushedBytes ??= 0;
  }

  /** So many of the bytes that wait leave the socket. */
  flushBytes(count: number): void {
    this.flushedBytes = (this.flushedBytes ?? 0) + count;
  }

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
