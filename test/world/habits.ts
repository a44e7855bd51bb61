import { Subscription } from 'rxjs';
import type { Machine } from './machine.js';

/** Does something again and again, each time after half to one and a half of so many milliseconds. */
export function every(ms: number, machine: Machine, roll: () => number, act: () => void): Subscription {
  const running = new Subscription();
  const next = () => {
    const timer = machine.schedule(
      () => {
        act();
        next();
      },
      Math.ceil(ms * (0.5 + roll())),
    );
    running.add(timer);
  };
  next();
  return running;
}

/** Pauses of what reads, each for a time. */
export class Pauses {
  readonly #machine: Machine;
  #releases: (() => void)[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  add(release: () => void, ms: number): void {
    this.#releases.push(release);
    const { timeline } = this.#machine;
    timeline.at(timeline.now + ms, 0, release, this.#machine);
  }

  release(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}
