import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fromEvent, mergeMap, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Transport, TransportRequest } from '../index.node.js';
import { redactUrl } from '../protocol/handshake.js';
import { monotonicNow } from '../rx/monotonic-now.js';
import type { RecordedEvent, Recording } from '../testing/recording.js';
import { ConnectionRecorder } from './connection-recorder.js';
import { observedTransport } from './observed-transport.js';

/**
 * Writes what happens on the connections of a transport to a stream, as a {@link Recording}. It is written as it happens,
 * an event a line, so that an hour of a busy feed needs no memory. What an old connection does when the next one has begun
 * is not written.
 */
export class SessionRecorder {
  /** Errors if the stream does. */
  readonly errors: Observable<never>;
  readonly #output: Writable;
  #begun: number | undefined;
  #current: ConnectionRecorder | undefined;
  #hasEvents = false;

  constructor(output: Writable) {
    this.#output = output;
    this.errors = fromEvent(output, 'error').pipe(mergeMap((error) => throwError(() => error)));
    const version: Recording['version'] = 1;
    output.write(`{"version":${version},"connections":[`);
  }

  /** A transport that is recorded. */
  record(transport: Transport): Transport {
    return observedTransport(transport, (request) => this.#begin(request));
  }

  /** Writes the end. Resolves when the stream has it, or has failed. */
  async end(): Promise<void> {
    this.#output.end(this.#current ? '\n]}\n]}\n' : ']}\n');
    await finished(this.#output).catch(() => undefined);
  }

  #begin({ url, scheduler }: TransportRequest): ConnectionRecorder {
    const start = monotonicNow(scheduler);
    this.#begun ??= start;
    const connection: ConnectionRecorder = new ConnectionRecorder(
      () => monotonicNow(scheduler) - start,
      (event) => {
        if (connection === this.#current) this.#write(event);
      },
    );
    const head = JSON.stringify({ at: Math.round(start - this.#begun), url: redactUrl(url), events: [] });
    this.#output.write(`${this.#current ? '\n]},' : ''}\n${head.slice(0, -2)}`);
    this.#current = connection;
    this.#hasEvents = false;
    return connection;
  }

  #write(event: RecordedEvent): void {
    this.#output.write(`${this.#hasEvents ? ',' : ''}\n${JSON.stringify(event)}`);
    this.#hasEvents = true;
  }
}
