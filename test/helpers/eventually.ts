import { vi } from 'vitest';

/**
 * Waits until an assertion holds about what arrives from a real socket. Its limit is for what never comes: a busy machine
 * may take longer than the second of `vi.waitFor`.
 */
export const eventually = <T>(assertion: () => T): Promise<T> =>
  vi.waitFor(assertion, { timeout: 15_000, interval: 10 });
