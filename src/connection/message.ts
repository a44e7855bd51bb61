/** Is given the end of a message that `send` promised to report. */
export interface Receipt {
  /** The socket has taken it. */
  sent(): void;
  /** It was given up. */
  dropped(error: Error): void;
}

/** An encoded message on its way out. */
export interface Message {
  readonly frame: string | Uint8Array;
  /** Bytes; strings count as UTF-8. */
  readonly size: number;
  readonly receipt?: Receipt | undefined;
}
