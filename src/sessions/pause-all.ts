import type { Observable } from 'rxjs';
import type { Pausable } from '../protocol/pausable.js';

/** Takes a lease on all of them, those that come while it is held too. @returns what releases it */
export function pauseAll(all: Observable<readonly Pausable[]>): () => void {
  const releases = new Map<Pausable, () => void>();
  const arrivals = all.subscribe((pausables) => {
    for (const pausable of pausables) if (!releases.has(pausable)) releases.set(pausable, pausable.pause());
  });
  return () => {
    arrivals.unsubscribe();
    releases.forEach((release) => release());
  };
}
