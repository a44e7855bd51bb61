/** Says what is not as it must be. */
export type Complain = (what: string) => void;

/** How many are kept: the first ones say what went wrong. */
const MOST = 20;

/** What was not as it must be, each with its time. */
export class Complaints {
  readonly list: string[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns complains for somebody */
  of(name: string): Complain {
    return (what) => {
      if (this.list.length < MOST) this.list.push(`${(this.#now() / 1000).toFixed(3)} s: ${name}: ${what}`);
    };
  }
}
