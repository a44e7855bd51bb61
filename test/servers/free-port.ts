import { once } from 'node:events';
import { createServer } from 'node:net';

/** Nobody is given a port below this one by the kernel, on any system. */
const FIRST_EPHEMERAL = 32_768;
const FIRST = 20_000;

/**
 * A port that stays free while a server restarts. One that the kernel chose (port 0) would not: it may give it to any
 * outgoing connection meanwhile, to a client's that looks for the server even, which then is connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (FIRST_EPHEMERAL - FIRST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port); // on all addresses: so do some of the servers
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
