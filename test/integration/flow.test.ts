import { beforeAll, describe, expect, it } from 'vitest';
import { FloodServer, wantsPython } from '../helpers/flood-server.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { buildPrograms, run } from '../helpers/program.js';

leavesNothingBehind();

const MiB = 1024 * 1024;
const COUNT = 1_000_000;

/** Limits V8's young generation, which is not our memory. Node 24 allows it 120 MiB more than Node 20. */
const FLAGS = ['--max-semi-space-size=8'];

beforeAll(() => buildPrograms('slow-consumer'), 60_000);

describe('A consumer slower than its server', () => {
  it.each([
    ['ws', 'message by message'] as const,
    ['ws', 'batch by batch'] as const,
    ...(wantsPython ? [['Python websockets', 'batch by batch'] as const] : []),
  ])(
    'stops it instead of filling memory, and loses nothing: a million messages of 1 KiB from %s, %s',
    { timeout: 150_000 },
    async (kind, pace) => {
      const server = await FloodServer.start(kind, COUNT);

      const seen = JSON.parse(await run('slow-consumer', [server.url, pace], 140_000, FLAGS)) as Record<
        string,
        unknown
      >;

      const { sent, ahead, buffered } = await server.report;
      expect(seen).toMatchObject({ messages: COUNT, isInOrder: true });
      expect(seen.growth).toBeLessThan(64 * MiB);
      expect(seen.pauses).toBeGreaterThan(100);
      expect(sent).toBe(COUNT);
      expect(ahead * 1024).toBeLessThan(32 * MiB); // mostly buffers of the kernel
      expect(buffered).toBeGreaterThan(0);
    },
  );
});
