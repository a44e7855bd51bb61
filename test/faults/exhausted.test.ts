import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { FloodServer } from '../helpers/flood-server.js';
import { buildPrograms, builtProgram } from '../helpers/program.js';
import { buildsTheClient, endOf, harmed, isLong } from './processes/harmed.js';
import { canHappen } from './servers/command.js';

const MiB = 1024 * 1024;

describe.runIf(canHappen({ programs: ['prlimit'] }))('A process that has no file descriptors left', () => {
  buildsTheClient();

  it('fails attempts with EMFILE, and connects as soon as there are some', async () => {
    const { server, client } = await harmed(['prlimit', '--nofile=64']);
    await client.next('heartbeat');

    client.order({ name: 'takeFiles' });
    await client.next('heartbeat', 4); // the open connection lives
    server.server.drop();
    await client.next('reconnecting', 4);
    expect(server.server.requests).toHaveLength(1);
    client.order({ name: 'giveFilesBack' });
    await client.next('open', 2);
    const { losses } = await endOf(client, server);

    expect(losses.slice(0, 4)).toEqual([
      'ConnectionClosedError 1006',
      ...Array<string>(3).fill('HandshakeError EMFILE'),
    ]);
    expect(new Set(losses.slice(1))).toEqual(new Set(['HandshakeError EMFILE']));
  });
});

describe.runIf(canHappen({ programs: ['prlimit'] }))(
  'A process with little memory, and a consumer that is slow',
  () => {
    const COUNT = isLong ? 1_000_000 : 150_000;

    beforeAll(() => buildPrograms('slow-consumer'), 60_000);

    /** Takes messages of 1 KiB, many times more than it may keep. @returns what it has seen */
    async function consume(pace: string): Promise<unknown> {
      const server = await FloodServer.start('ws', COUNT);
      onTestFinished(() => server.stop());
      const limits = [`--data=${256 * MiB}`, process.execPath, '--max-old-space-size=24', '--max-semi-space-size=1'];
      const args = ['--disable-warning=ExperimentalWarning', builtProgram('slow-consumer'), server.url, pace];
      const { stdout } = await promisify(execFile)('prlimit', [...limits, ...args], { timeout: 110_000 });
      return JSON.parse(stdout);
    }

    it.each(['message by message', 'batch by batch'])('gets all messages in order: %s', async (pace) => {
      expect(await consume(pace)).toMatchObject({ messages: COUNT, isInOrder: true });
    });

    it('dies if the consumer does not pause the server: the limits are real', async () => {
      await expect(consume('batch by batch, without a pause')).rejects.toMatchObject({
        stderr: expect.stringContaining('heap out of memory') as string,
      });
    });
  },
);
