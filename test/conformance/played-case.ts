import type { Socket } from 'node:net';
import { setImmediate as eventLoop, setTimeout as after } from 'node:timers/promises';
import { NORMAL } from './case.js';
import type { Case, Compressed } from './case.js';
import { Deflate } from './deflate.js';
import { bytesOf, chop, close, COMPRESSED, fragments, OPCODES, wireBytes } from './frame.js';
import type { Frame } from './frame.js';
import { ReceivedFrames } from './received-frames.js';
import type { Seen } from './seen.js';

/** How long the server waits for answers, and for the end. */
const PATIENCE = 15_000;

/** One connection of a client, on which the server plays a case. */
export class PlayedCase {
  readonly #case: Case;
  readonly #socket: Socket;
  readonly #deflate: Deflate | undefined;
  readonly #frames = new ReceivedFrames();
  readonly #pongs: Uint8Array[] = [];
  #echoes = 0;
  #hasOtherEchoes = false;
  #message: Uint8Array[] = [];
  #isCompressed = false;
  #close: number | undefined;
  #failedAfter: number | undefined;
  #written = 0;
  #changed = (): void => undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(played: Case, socket: Socket, isOffered: boolean) {
    this.#case = played;
    this.#socket = socket;
    this.#deflate = played.compression && isOffered ? new Deflate(played.compression) : undefined;
    socket.on('data', (data: Buffer) => {
      this.#reading = this.#reading.then(() => this.#read(data));
    });
    socket.on('end', () => this.#fail());
    socket.on('close', () => this.#fail()); // without an end: whoever closes with bytes unread resets the connection
  }

  /** Plays the case to its end. */
  async play(head: Uint8Array): Promise<Seen> {
    const isOffered = this.#case.compression === undefined || this.#deflate !== undefined;
    if (head.length > 0) this.#socket.emit('data', head);
    if (isOffered) await this.#write();
    if (isOffered) await this.#until(() => this.#isAnswered || this.#failedAfter !== undefined);
    if (this.#failedAfter === undefined && (this.#case.ending === NORMAL || !isOffered))
      this.#send(wireBytes(close(1000)));
    const isEnded = await this.#until(
      () => this.#close !== undefined || this.#socket.readableEnded || this.#socket.destroyed,
    );
    this.#socket.end();
    await this.#reading;
    this.#deflate?.close();
    return {
      ...{ isOffered, echoes: this.#echoes, hasOtherEchoes: this.#hasOtherEchoes, isEnded },
      isPonged: same(this.#pongs, this.#case.pongs),
      ...(this.#close !== undefined && { close: this.#close }),
      ...(this.#failedAfter !== undefined && { failedAfter: this.#failedAfter }),
    };
  }

  get #isAnswered(): boolean {
    const { delivers, pongs, ending } = this.#case;
    return 'closes' in ending && this.#echoes >= delivers.length && this.#pongs.length >= pongs.length;
  }

  async #write(): Promise<void> {
    for (const write of this.#case.writes) {
      if (this.#failedAfter !== undefined) return;
      if (typeof write === 'number') await after(write);
      else if (write instanceof Uint8Array) this.#send(write);
      else for (const part of await this.#compressed(write)) this.#send(part);
      this.#written++;
      await eventLoop();
    }
  }

  async #compressed({ message, each = Infinity }: Compressed): Promise<Uint8Array[]> {
    const opcode = typeof message === 'string' ? OPCODES.text : OPCODES.binary;
    const whole = await this.#deflate!.compress(bytesOf(message));
    const parts = fragments(opcode, ...chop(whole, Math.min(each, whole.length)));
    return parts.map((part, index) => wireBytes(index === 0 ? { ...part, rsv: COMPRESSED } : part));
  }

  #send(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  async #read(data: Buffer): Promise<void> {
    for (const frame of this.#frames.push(data)) await this.#receive(frame);
    this.#changed();
  }

  async #receive({ opcode, payload, fin, rsv }: Frame): Promise<void> {
    if (opcode === OPCODES.pong) this.#pongs.push(payload);
    else if (opcode === OPCODES.close) {
      this.#close = payload.length < 2 ? 1005 : (payload[0]! << 8) | payload[1]!;
      this.#fail();
    } else if (opcode !== OPCODES.ping) {
      if (opcode !== OPCODES.continuation) this.#isCompressed = rsv === COMPRESSED;
      this.#message.push(payload);
      if (fin) await this.#echo();
    }
  }

  async #echo(): Promise<void> {
    const sent = Buffer.concat(this.#message);
    this.#message = [];
    const message = this.#isCompressed ? await this.#deflate!.decompress(sent) : sent;
    const expected = this.#case.delivers[this.#echoes];
    if (expected !== undefined && !this.#hasOtherEchoes && Buffer.compare(bytesOf(expected), message) === 0)
      this.#echoes++;
    else this.#hasOtherEchoes = true;
  }

  #fail(): void {
    this.#failedAfter ??= this.#written;
    this.#changed();
  }

  /** Waits for a fact about the client. @returns whether it came in time */
  async #until(fact: () => boolean): Promise<boolean> {
    const patience = new AbortController();
    const late = after(PATIENCE, true, { signal: patience.signal }).catch(() => true);
    try {
      while (!fact()) {
        const isLate = await Promise.race([late, new Promise<void>((resolve) => (this.#changed = resolve))]);
        if (isLate) return false;
      }
      return true;
    } finally {
      patience.abort();
    }
  }
}

const same = (all: readonly Uint8Array[], expected: readonly Uint8Array[]) =>
  all.length === expected.length && all.every((one, index) => Buffer.compare(one, expected[index]!) === 0);
