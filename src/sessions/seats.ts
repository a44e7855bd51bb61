/** A key's place on a carrier. */
export interface Seat<Carrier> {
  readonly key: unknown;
  readonly carrier: Carrier;
  leases: number;
}

/**
 * Who sits where: keys on carriers that take so many each. A key that nobody leases any more keeps its seat until it
 * is swept away, or another key needs it.
 */
export class Seats<Carrier> {
  readonly #capacity: number;
  readonly #seats = new Map<unknown, Seat<Carrier>>();
  readonly #left = new Set<Seat<Carrier>>();
  readonly #loads = new Map<Carrier, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get carriers(): Carrier[] {
    return [...this.#loads.keys()];
  }

  /** Leases the key's seat; a new key gets one on the least loaded carrier, or on another one where all are full. */
  take(key: unknown, another: () => Carrier): Seat<Carrier> {
    let seat = this.#seats.get(key);
    if (!seat) {
      const carrier = this.#leastLoaded() ?? (this.#releaseUnused(), this.#leastLoaded()) ?? another();
      this.#loads.set(carrier, (this.#loads.get(carrier) ?? 0) + 1);
      this.#seats.set(key, (seat = { key, carrier, leases: 0 }));
    }
    seat.leases++;
    return seat;
  }

  /** Ends a lease. */
  release(seat: Seat<Carrier>): void {
    if (--seat.leases === 0) this.#left.add(seat);
  }

  /** Frees the seats that were left for good. @returns the carriers without any key, which are no longer its own */
  sweep(): Carrier[] {
    this.#releaseUnused();
    return this.carriers.filter((carrier) => !this.#loads.get(carrier) && this.#loads.delete(carrier));
  }

  /** Takes a carrier out, with all its seats. */
  remove(carrier: Carrier): void {
    if (!this.#loads.delete(carrier)) return;
    for (const [key, seat] of this.#seats) if (seat.carrier === carrier) this.#seats.delete(key);
  }

  #leastLoaded(): Carrier | undefined {
    const [least] = [...this.#loads].sort(([, a], [, b]) => a - b);
    return least && least[1] < this.#capacity ? least[0] : undefined;
  }

  #releaseUnused(): void {
    for (const seat of this.#left) {
      if (seat.leases || this.#seats.get(seat.key) !== seat) continue;
      this.#seats.delete(seat.key);
      this.#loads.set(seat.carrier, this.#loads.get(seat.carrier)! - 1);
    }
    this.#left.clear();
  }
}
