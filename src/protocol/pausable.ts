/** Something that can be asked to stop. */
export interface Pausable {
  /**
   * Takes a lease: nothing is read until every lease is released.
   * @returns what releases this lease; harmless when called twice
   */
  pause(): () => void;
  /** Whether pausing really stops the peer. */
  readonly canPause: boolean;
}
