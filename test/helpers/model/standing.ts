import type { Scene } from './scene.js';

/** Complains where what can be seen of a connection is not what it is, whatever led to it. */
export function checkStanding(scene: Scene): void {
  const { setup, feed, wire, server, scheduler, audience, leases, complain } = scene;
  const { stats, link } = feed;
  const { status } = feed.state.value;
  const { live } = wire;

  if (wire.isIdle && ['connecting', 'open', 'closing'].includes(status)) complain(`it ended, and is ${status}`);
  if (link !== (status === 'open' && live?.readyState === 1 ? wire.link : undefined))
    complain(`the link while ${status}`);
  if (status !== 'open' && stats.latency !== undefined) complain(`a latency while ${status}`);
  // A lease binds a connection once its `open` has left the supervision, and not its set-up.
  const mustPause = leases.size > 0 && status === 'open';
  if (setup.canPause && live?.readyState === 1 && live.isPaused !== mustPause) complain(`the leases say ${mustPause}`);

  if (!audience.isThere) Object.assign(wire, { received: stats.received, rejected: stats.rejected });
  if (stats.received !== wire.received) complain(`${wire.received} messages arrived, ${stats.received} were counted`);
  if (stats.rejected !== wire.rejected) complain(`${wire.rejected} would not decode, ${stats.rejected} were counted`);

  const timers = scheduler.pending - server.pending;
  const isQuiet = server.sockets.every(({ isOver }) => isOver);
  if (isQuiet && status === 'reconnecting' && audience.isThere && timers !== 1)
    complain(`${timers} timers wait for a retry`);
  if (isQuiet && status === 'idle' && timers > 0) complain(`${timers} timers wait for nothing`);
}
