import { CountingTarget } from './counting-target.js';

/** A page that is hidden and seen. */
export class FakePage extends CountingTarget {
  readonly document = { visibilityState: 'visible' };

  hide(): void {
    this.#become('hidden');
  }

  show(): void {
    this.#become('visible');
  }

  /** Comes from the network, or from the back/forward cache. */
  load(persisted: boolean): void {
    this.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
  }

  #become(state: 'hidden' | 'visible'): void {
    this.document.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}
