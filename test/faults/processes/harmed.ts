import { beforeAll, expect, onTestFinished } from 'vitest';
import { buildFrom } from '../../helpers/program.js';
import type { Pace } from '../clients/client.js';
import { expectOrder } from '../invariants.js';
import { CountingServer } from '../servers/counting-server.js';
import { ClientProcess } from './client-process.js';
import type { ClientReport } from './client-process.js';

/** Short waits, but long timeouts for a busy machine. */
export const QUICK: Pace = {
  heartbeat: { interval: 100, timeout: 5000 },
  retryDelay: 50,
  connectTimeout: 2000,
  closeTimeout: 3000,
  patience: 20_000,
};

/** Whether the long forms run: `FAULTS=long`. */
export const isLong = process.env.FAULTS === 'long';

/** Builds the client before the tests of a file. */
export function buildsTheClient(): void {
  beforeAll(() => buildFrom('faults/processes', 'client-program'), 60_000);
}

/** A server, and a client of it in a process of its own. Both end with the test. */
export async function harmed(
  wrapper: readonly string[] = [],
  pace: Partial<Pace> = {},
  host = '127.0.0.1',
): Promise<{ readonly server: CountingServer; readonly client: ClientProcess }> {
  const server = await CountingServer.start();
  const client = new ClientProcess(`ws://${host}:${server.port}`, { ...QUICK, ...pace }, wrapper);
  onTestFinished(async () => {
    await client.kill();
    await server.stop();
  });
  return { server, client };
}

/**
 * Ends the client, and checks what rxwire guarantees whatever happens.
 *
 * @param areWritesLost whether it goes on until the end: then it has not recovered
 * @returns what the client has seen
 */
export async function endOf(
  client: ClientProcess,
  server: CountingServer,
  { areWritesLost = false } = {},
): Promise<ClientReport> {
  const { exit, ...report } = await client.finish();
  expectOrder({ ...report, got: server.got, areWritesLost });
  if (!areWritesLost) expect([...server.got.values()].at(-1)?.at(-1)).toBe(report.sent); // nothing is lost after it has recovered
  expect(report.filesLeft).toBe(0);
  expect(exit).toBe(0); // by itself: nothing is left that keeps it alive
  return report;
}
