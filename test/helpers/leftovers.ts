import { afterEach, beforeAll, expect, vi } from 'vitest';

/** Something that a test started, with clients of ours. */
interface Served {
  readonly clients: number;
  stop(): Promise<unknown>;
}

const served: Served[] = [];

/** Stops it after the test, but not before its last client has left by itself. */
export function collectGarbageOf(server: Served): void {
  served.push(server);
}

/** What keeps the process alive, counted by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/**
 * After every test of the file, without any help from the server: no socket, timer, lookup or child process is left that
 * was not there before it.
 */
export function leavesNothingBehind(): void {
  let before: Record<string, number>;

  beforeAll(async () => {
    await settles(() => expect(resources()).not.toHaveProperty('Timeout')); // the test runner has some that pass
    before = resources();
  });

  afterEach(async () => {
    const started = served.splice(0);
    try {
      await vi.waitFor(() => expect(started.map(({ clients }) => clients)).toEqual(started.map(() => 0)), 5000);
    } finally {
      await Promise.all(started.map((server) => server.stop()));
    }
    try {
      await settles(() => expect(resources()).toEqual(before));
    } finally {
      before = resources(); // what this test left is not the next one's fault
    }
  });
}

/** Like `vi.waitFor`, but without a timer of its own, which would be counted. */
async function settles(check: () => void): Promise<void> {
  const deadline = performance.now() + 5000;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((next) => setImmediate(next));
  }
}
