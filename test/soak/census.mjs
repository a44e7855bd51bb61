import { once } from 'node:events';
import { setImmediate as aTurn } from 'node:timers/promises';
import { getHeapCodeStatistics } from 'node:v8';
import { WebSocket } from 'ws';
import { quantile } from './statistics.mjs';

/** The longest time in milliseconds that a loaded machine needs to close a socket. */
const PATIENCE = 10_000;

async function roundTripOf(socket) {
  const since = performance.now();
  socket.send('{}');
  await once(socket, 'message');
  return performance.now() - since;
}

/** Times round trips on a feed and on a bare `ws`, in turns, so that a slow machine slows both. */
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

/** Waits until a count is as expected. @returns the last count */
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
 * Counts resources while every feed is open and idle, after garbage collection. Machine code is not counted, because V8
 * goes on compiling for minutes.
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

/** Counts the resources that are left at the end. */
export async function takeLeftovers(server) {
  return {
    sockets: await settled(() => resources('TCPSocketWrap'), 0),
    connections: await settled(() => server.connections(), 0),
    timers: resources('Timeout'),
  };
}
