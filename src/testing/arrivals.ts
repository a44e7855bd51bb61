/** What arrives at a client: one thing after another, when it reads, and nothing once the connection is closed. */
export class Arrivals {
  /** Whether the client does not read. */
  isPaused = false;
  /** Whether something is being read, or cannot be yet. */
  #isReading = true;
  readonly #unread: (() => void)[] = [];
  readonly #isClosed: () => boolean;

  constructor(isClosed: () => boolean) {
    this.#isClosed = isClosed;
  }

  get isEmpty(): boolean {
    return this.#unread.length === 0;
  }

  /** The client has its socket. */
  start(): void {
    this.#isReading = false;
    this.read();
  }

  add(arrival: () => void): void {
    this.#unread.push(arrival);
    this.read();
  }

  read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (!this.isPaused && !this.#isClosed() && this.#unread.length > 0) this.#unread.shift()!();
    } finally {
      this.#isReading = false;
    }
  }
}
