/** What the server saw of a client in one case. */
export interface Seen {
  /** Whether the client offered compression where the case needs it. */
  readonly isOffered: boolean;
  /** The number of echoes that are the messages of the case, in order, and whether there were others behind them. */
  readonly echoes: number;
  readonly hasOtherEchoes: boolean;
  /** Whether the pongs are those that the case expects. */
  readonly isPonged: boolean;
  /** The code of the client's close frame; 1005 for one without a code. */
  readonly close?: number;
  /** The number of writes before the client had failed the connection. */
  readonly failedAfter?: number;
  /** Whether the client ended the TCP connection, or waited for the server to do it, in time. */
  readonly isEnded: boolean;
}
