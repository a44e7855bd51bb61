import type { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Damage, Fault } from './fault.js';

/** One direction of one connection: copies bytes from a socket to another, with the planned faults. */
export class Wire {
  readonly #to: Socket;
  readonly #faults: Fault[];
  /** The number of bytes so far. */
  #position = 0;
  #toDrop = 0;
  #isDead = false;
  /** Settles when all bytes so far have been copied. */
  #turn = Promise.resolve();

  constructor(from: Socket, to: Socket, faults: readonly Fault[]) {
    this.#to = to;
    this.#faults = [...faults].sort((one, other) => one.at - other.at);
    const inTurn = (action: () => Promise<void> | void) => (this.#turn = this.#turn.then(action));
    from.on('data', (bytes) => void inTurn(() => this.#carry(bytes)));
    from.on('end', () => void inTurn(() => void to.end()));
  }

  /** Whether all faults are over. */
  get isOver(): boolean {
    return this.#isDead || this.#to.destroyed || (this.#faults.length === 0 && this.#toDrop === 0);
  }

  async #carry(bytes: Buffer): Promise<void> {
    let rest = bytes;
    for (let fault; (fault = this.#faults[0]) && fault.at < this.#position + rest.length;) {
      this.#faults.shift();
      const length = Math.max(0, fault.at - this.#position); // a fault may skip the position of the next one
      this.#pass(rest.subarray(0, length));
      rest = await this.#apply(fault.damage, rest.subarray(length));
    }
    this.#pass(rest);
  }

  async #apply(damage: Damage, bytes: Buffer): Promise<Buffer> {
    switch (damage.kind) {
      case 'flip':
        return Buffer.concat([Buffer.from([bytes[0]! ^ damage.bits]), bytes.subarray(1)]);
      case 'drop':
        this.#toDrop += damage.length;
        return bytes;
      case 'duplicate':
        this.#write(bytes.subarray(0, damage.length));
        return bytes;
      case 'delay':
        await setTimeout(damage.milliseconds);
        return bytes;
      case 'split':
        await setImmediate();
        return bytes;
      case 'truncate':
        this.#to.end();
        this.#isDead = true;
        return bytes;
      case 'swallow':
        this.#isDead = true;
        return bytes;
    }
  }

  #pass(bytes: Buffer): void {
    const dropped = Math.min(this.#toDrop, bytes.length);
    this.#position += bytes.length;
    this.#toDrop -= dropped;
    this.#write(bytes.subarray(dropped));
  }

  #write(bytes: Buffer): void {
    if (!this.#isDead && this.#to.writable) this.#to.write(bytes);
  }
}
