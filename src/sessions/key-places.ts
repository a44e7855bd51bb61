/** What takes so many keys and no more. */
export interface PlaceHolder {
  /** How many keys have a place on it. */
  keyCount: number;
}

/** A key's place on a connection. */
export interface Place<Holder> {
  readonly key: unknown;
  readonly holder: Holder;
  /** Nobody leases it where this is 0. */
  leases: number;
  /** The server may have the key, leased or not, where this is not 0. */
  holds: number;
}

interface Lease<Holder> {
  place: Place<Holder> | undefined;
  readonly placed: (holder: Holder) => void;
  isOver: boolean;
}

/**
 * The places of keys. A place that nobody leases is free when the scheduler has run, and when the server knows nothing of
 * its key: until then, where all is full, one other key can wait for it.
 */
export class KeyPlaces<Holder extends PlaceHolder> {
  readonly #choose: () => Holder | undefined;
  readonly #places = new Map<unknown, Place<Holder>>();
  /** Those that nobody leases. */
  readonly #left = new Set<Place<Holder>>();
  /** The leases of keys that wait for one of these. */
  readonly #waiting = new Map<unknown, Set<Lease<Holder>>>();
  /** Those that have got a place, and do not know it yet. */
  #placed: Lease<Holder>[] = [];

  /** @param choose finds a holder for one more key, where there is any */
  constructor(choose: () => Holder | undefined) {
    this.#choose = choose;
  }

  /**
   * Leases the place of a key.
   * @param placed is called with its holder, now or in the sweep when there is a place
   * @returns ends the lease; nothing where there will be no place
   */
  take(key: unknown, placed: (holder: Holder) => void): (() => void) | undefined {
    const lease: Lease<Holder> = { place: undefined, placed, isOver: false };
    const known = this.#places.get(key);
    const isSpare = this.#left.size > this.#waiting.size; // else others wait for the place that it had
    const place = known ?? this.#add(key);
    if (place && (place.leases || isSpare || place !== known)) {
      this.#give(place, lease);
      placed(place.holder);
    } else {
      const waiting = this.#waiting.get(key) ?? (isSpare ? new Set() : undefined);
      if (!waiting) return undefined;
      this.#waiting.set(key, waiting.add(lease));
    }
    return () => this.#release(key, lease);
  }

  /** Keeps the place of a key, also when nobody leases it. @returns ends that */
  hold(key: unknown): () => void {
    const place = this.#places.get(key);
    if (place) place.holds++;
    return () => {
      if (place) place.holds--;
    };
  }

  /** Frees the places that are needed no more, and notifies the keys that have got one. */
  sweep(): void {
    for (const place of this.#left) {
      if (place.holds) continue;
      this.#places.delete(place.key);
      this.#left.delete(place);
      place.holder.keyCount--;
    }
    this.#serve();
    for (const { place, placed, isOver } of this.#placed.splice(0)) if (!isOver) placed(place!.holder);
  }

  /** Takes all places of a holder away: its server knows nothing any more. A sweep is to follow. */
  drop(holder: Holder): void {
    for (const [key, place] of this.#places) {
      if (place.holder !== holder) continue;
      this.#places.delete(key);
      this.#left.delete(place);
    }
    holder.keyCount = 0;
    this.#serve();
  }

  /** Whether keys wait: then all is full, and a holder without leases has places that they wait for. */
  get areAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  #add(key: unknown): Place<Holder> | undefined {
    const holder = this.#choose();
    if (!holder) return undefined;
    holder.keyCount++;
    const place = { key, holder, leases: 0, holds: 0 };
    this.#places.set(key, place);
    return place;
  }

  #give(place: Place<Holder>, lease: Lease<Holder>): void {
    place.leases++;
    this.#left.delete(place);
    lease.place = place;
  }

  #release(key: unknown, lease: Lease<Holder>): void {
    const { place } = lease;
    lease.isOver = true;
    if (place) {
      if (--place.leases === 0 && this.#places.get(key) === place) this.#left.add(place);
      return;
    }
    const waiting = this.#waiting.get(key)!;
    waiting.delete(lease);
    if (!waiting.size) this.#waiting.delete(key);
  }

  /** Gives what is free to the keys that wait. */
  #serve(): void {
    for (const [key, leases] of this.#waiting) {
      const place = this.#add(key);
      if (!place) return;
      this.#waiting.delete(key);
      for (const lease of leases) this.#give(place, lease);
      this.#placed.push(...leases);
    }
  }
}
