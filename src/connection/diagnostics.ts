/** What is used of a channel of `node:diagnostics_channel`. */
export interface DiagnosticsChannel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

/** A channel, and the connection whose events are published there. */
export interface Diagnostics {
  readonly channel: DiagnosticsChannel;
  readonly connection: unknown;
}
