/** Something that is to happen. */
export class Planned {
  readonly act: () => void;
  /** Who does it; what nobody does is the network's or a server's. */
  readonly doer: Doer | undefined;
  time: number;
  /** When it was to happen at first: what is late keeps its order. */
  readonly due: number;
  readonly rank: number;
  readonly order: number;
  isOver = false;

  constructor(time: number, rank: number, order: number, act: () => void, doer: Doer | undefined) {
    this.time = this.due = time;
    this.rank = rank;
    this.order = order;
    this.act = act;
    this.doer = doer;
  }
}

/** A machine that may stand still: what it has to do in that time it does afterwards. */
export interface Doer {
  readonly frozenUntil: number;
}

/**
 * Virtual time in milliseconds, and what is still to come: a binary heap, because RxJS's `VirtualTimeScheduler` sorts all
 * that waits whenever something is scheduled.
 */
export class Timeline {
  now = 0;
  #heap: Planned[] = [];
  #order = 0;

  /** @param rank what comes first, of what happens at the same time */
  at(time: number, rank: number, act: () => void, doer?: Doer): Planned {
    const planned = new Planned(Math.max(time, this.now), rank, ++this.#order, act, doer);
    this.#push(planned);
    return planned;
  }

  /** Takes out what happens next, if it happens by then, and moves the time on to it. */
  next(until: number): Planned | undefined {
    for (let first; (first = this.#heap[0]) && first.time <= until;) {
      this.#pop();
      if (first.isOver) continue;
      const { doer } = first;
      if (doer && first.time < doer.frozenUntil) {
        first.time = doer.frozenUntil;
        this.#push(first);
        continue;
      }
      this.now = Math.max(this.now, first.time);
      return first;
    }
    this.now = Math.max(this.now, until);
    return undefined;
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(planned, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (let child; (child = 2 * index + 1) < heap.length; index = child) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
    }
    heap[index] = last;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return (one.time - other.time || one.rank - other.rank || one.due - other.due || one.order - other.order) < 0;
}
