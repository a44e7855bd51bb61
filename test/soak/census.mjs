import { once } from 'node:events';
import { setImmediate as aTurn } from 'node:timers/promises';
import { getHeapCodeStatistics } from 'node:v8';
import { WebSocket } from 'ws';
import { quantile } from './statistics.mjs';

/** What a loaded machine needs at most to see a socket off. */
const PATIENCE = 10_000;

async function roundTripOf(socket) {
  const since = performance.now();
  socket.send('{}');
  await once(socket, 'message');
  return performance.now() - since;
}

/** Round trips on a feed and on a bare `ws`, in turns: what slows the machine down slows both. */
async function latencies(url, feed, count) {
  const bare = new WebSocket(`${url}/?fault=none&burst=0`);
  await once(bare, 'open');
  const [ours, theirs] = [[], []];
  for (let n = 0; n < count; n++) {
    ours.push(await feed.roundTrip());
    theirs.push(await roundTripOf(bare));
  }
  bare.terminate();
  await once(bare, 'close');
  return { p50: quantile(ours, 0.5), p99: quantile(ours, 0.99), bare: quantile(theirs, 0.5) };
}

const resources = (kind) => process.getActiveResourcesInfo().filter((resource) => resource === kind).length;

/** What has still to go gets the time for it; what stays is counted. */
async function settled(count, expected) {
  const deadline = performance.now() + PATIENCE;
  let found = await count();
  while (found !== expected && performance.now() < deadline) {
    await aTurn();
    found = await count();
  }
  return found;
}

/**
 * Counted while every feed is open and nothing happens, garbage collected. Without what V8 compiles as it goes, for
 * minutes on end.
 */
export async function takeCensus(server, feeds, roundTrips) {
  const latency = await latencies(server.url, feeds[0], roundTrips);
  const sockets = await settled(() => resources('TCPSocketWrap'), feeds.length);
  const connections = await settled(() => server.connections(), feeds.length);
  const timers = resources('Timeout');
  for (let pass = 0; pass < 3; pass++) {
    await aTurn();
    globalThis.gc();
  }
  const { heapUsed, rss } = process.memoryUsage();
  const { code_and_metadata_size: machineCode } = getHeapCodeStatistics();
  return { heap: heapUsed - machineCode, rss, sockets, connections, timers, ...latency };
}

/** What is there when all is over. */
export async function takeLeftovers(server) {
  return {
    sockets: await settled(() => resources('TCPSocketWrap'), 0),
    connections: await settled(() => server.connections(), 0),
    timers: resources('Timeout'),
  };
}
