/** A message as the server counted it: the n-th on the connection of an attempt. */
export type Count = readonly [attempt: number, n: number];

/** What a user of a connection saw, and when. */
export class Story {
  readonly opens: number[] = [];
  readonly messages: { readonly at: number; readonly attempt: number; readonly n: number }[] = [];
  /** How each connection or attempt ended that was not ended by us. */
  readonly losses: { readonly at: number; readonly error: string }[] = [];
  /** Nothing follows. */
  isOver = false;
  /** It left an error to nobody, which ends a process of Node. */
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

  /** The attempt whose connection brought the newest message. */
  get attempt(): number {
    return this.messages.at(-1)?.attempt ?? 0;
  }
}
