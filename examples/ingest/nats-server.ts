import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface NatsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a nats-server on a free port. Its store is removed when it is stopped. */
export async function startNats(): Promise<NatsServer> {
  const program = process.env.NATS_SERVER ?? 'nats-server';
  const store = await mkdtemp(join(tmpdir(), 'rxwire-ingest-'));
  const child = spawn(program, ['--addr', '127.0.0.1', '--port', '-1', '--jetstream', '--store_dir', store], {
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin` }, // the folder of Debian's package
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(store, { recursive: true, force: true });
  };

  try {
    await once(child, 'spawn');
    return { port: await portOf(child.stderr), stop };
  } catch (error) {
    await stop();
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `${program} was not found. Install it (Debian: apt-get install nats-server), or name it in NATS_SERVER.`,
    );
  }
}

/** Reads its port from its log. Goes on reading afterwards, because a full pipe would block it. */
function portOf(log: NodeJS.ReadableStream): Promise<number> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    createInterface({ input: log })
      .on('line', (line) => {
        lines.push(line);
        const [, port] = /client connections on .*:(\d+)/.exec(line) ?? [];
        if (port) resolve(Number(port));
      })
      .on('close', () => reject(new Error(`nats-server ended by itself:\n${lines.join('\n')}`)));
  });
}
