import { once } from 'node:events';
import { createServer } from 'node:net';

/** Kernels use this port and those above it for outgoing connections, on every system. */
const FIRST_EPHEMERAL = 32_768;
const FIRST = 20_000;

/**
 * A port that stays free while a server restarts. With port 0 the kernel may give the port to an outgoing connection
 * meanwhile. If that is the client's own attempt, the client is connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (FIRST_EPHEMERAL - FIRST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port); // on all addresses, as some of the servers do
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
