/** A message as the server counted it: the n-th on the connection of an attempt. */
export type Count = readonly [attempt: number, n: number];

/** What a user of a connection observes, with times. */
export class Trace {
  readonly opens: number[] = [];
  readonly messages: { readonly at: number; readonly attempt: number; readonly n: number }[] = [];
  /** The errors of connections and attempts that we did not end. */
  readonly losses: { readonly at: number; readonly error: string }[] = [];
  /** Whether the client has stopped. */
  isOver = false;
  /** Whether an `error` event had no listener, which ends a Node process. */
  wouldCrash = false;

  opened(): void {
    this.opens.push(performance.now());
  }

  received([attempt, n]: Count): void {
    this.messages.push({ at: performance.now(), attempt, n });
  }

  lost(error: string): void {
    this.losses.push({ at: performance.now(), error });
  }

  ended(): void {
    this.isOver = true;
  }

  /** The attempt whose connection delivered the newest message. */
  get attempt(): number {
    return this.messages.at(-1)?.attempt ?? 0;
  }
}
