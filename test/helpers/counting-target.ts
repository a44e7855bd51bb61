/** Something with events that tells whether anybody listens. */
export class CountingTarget extends EventTarget {
  /** Every event that was ever listened to. */
  readonly everListened: string[] = [];
  /** How many listen now. */
  listeners = 0;

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.everListened.push(args[0]);
    this.listeners++;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners--;
    super.removeEventListener(...args);
  }
}
