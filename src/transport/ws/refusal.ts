import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { SchedulerLike, Subscription } from 'rxjs';
import { after } from '../../rx/after.js';
import type { HandshakeError } from '../../protocol/errors.js';
import { refusedWith } from '../../protocol/handshake.js';

/** The most that is read of a refusal, in bytes and in milliseconds: a reason is short. */
const MAX_BYTES = 64 * 1024;
const MAX_TIME = 1_000;

/** An answer that is not 101, while its body is read. */
export class Refusal {
  readonly #response: IncomingMessage;
  readonly #scheduler: SchedulerLike;
  readonly #decoder = new StringDecoder(); // leaves out a character that was cut off
  readonly #patience: Subscription;
  readonly #done: () => void;
  #body = '';
  #left = MAX_BYTES;

  /** @param done is called once, when as much has been read as is wanted; not after `stop` */
  constructor(response: IncomingMessage, scheduler: SchedulerLike, done: () => void) {
    this.#response = response;
    this.#scheduler = scheduler;
    this.#done = done;
    this.#patience = after(MAX_TIME, scheduler).subscribe(done);
    const finish = () => this.finish();
    response.on('data', (chunk: Buffer) => {
      this.#body += this.#decoder.write(chunk.subarray(0, Math.max(0, this.#left)));
      this.#left -= chunk.length;
      if (this.#left <= 0) finish();
    });
    response.on('end', finish);
    response.on('close', finish);
    response.on('error', finish); // the connection broke within it
  }

  /** No more of it will come. */
  finish(): void {
    if (this.#patience.closed) return;
    this.stop();
    this.#done();
  }

  /** What has been read by now. */
  get error(): HandshakeError {
    const { statusCode = 0, headers } = this.#response;
    return refusedWith(statusCode, flat(headers), this.#scheduler.now(), this.#body);
  }

  stop(): void {
    this.#patience.unsubscribe();
  }
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
