/** A source that can be paused, for example a connection or a pool. */
export interface Pausable {
  /**
   * Takes a lease. Nothing is read until every lease is released.
   * @returns a function that releases this lease; calling it again has no effect
   */
  pause(): () => void;
  /** Whether pausing really stops the peer. If false, `pause` has no effect. */
  readonly canPause: boolean;
}
