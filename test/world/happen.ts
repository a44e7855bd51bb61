import type { Application } from './application.js';
import type { Exchange } from './exchange.js';
import type { Machine } from './machine.js';
import type { Network } from './network.js';
import type { Happening } from './plan.js';
import type { Server } from './server.js';
import type { Timeline } from './timeline.js';

/** Everything that things can happen to. */
export interface Stage {
  readonly machine: Machine;
  readonly network: Network;
  readonly servers: readonly Server[];
  readonly exchange: Exchange;
  readonly applications: readonly Application[];
}

/** Who does it: what users do waits while their machine stands still. */
export function doerOf(what: Happening, { machine }: Stage): Machine | undefined {
  return 'client' in what && what.do !== 'reset' && what.do !== 'narrow' ? machine : undefined;
}

/** How often the books change during a handover, and after how many milliseconds each time. */
const [CHANGES, EACH] = [100, 25];

function changeOften(timeline: Timeline, exchange: Exchange, servers: readonly Server[]): void {
  const change = () => exchange.change(servers.flatMap(({ audience }) => [...audience]));
  for (let n = 0; n < CHANGES; n++) timeline.at(timeline.now + n * EACH, 0, change);
}

/** One thing happens. */
export function happen(what: Happening, { machine, network, servers, exchange, applications }: Stage): void {
  const { now } = machine.timeline;
  const until = 'for' in what ? now + what.for * 1000 : now;
  const server = 'server' in what ? servers[what.server % servers.length]! : servers[0]!;
  const application = applications['client' in what ? what.client % applications.length : 0]!;
  const weather = 'server' in what ? network.weather(what.server) : network.weather(0);
  switch (what.do) {
    case 'partition':
      weather.cutUntil = until;
      return;
    case 'slow':
      weather.slowUntil = until;
      return;
    case 'lossy':
      weather.lossyUntil = until;
      return;
    case 'narrow':
      for (const { wire } of application.watches) if (wire) wire.rate = 100;
      return;
    case 'reset':
      for (const { wire } of application.watches) wire?.reset();
      return;
    case 'crash':
      return server.crash(what.for * 1000);
    case 'powerOff':
      return server.powerOff(what.for * 1000);
    case 'hang':
      server.hangsUntil = until;
      return;
    case 'deaf':
      server.deafUntil = until;
      return;
    case 'refuse':
      if (what.status < 429) exchange.final.add(what.status);
      server.refusal = { until, status: what.status, after: what.after };
      return;
    case 'closeAll':
      if (what.code === 1008 || what.code === 4403) exchange.final.add(what.code);
      return server.closeAll(what.code);
    case 'badFrame':
      return server.sendBadFrame();
    case 'gap':
      for (const session of server.sessions.values()) session.isGapDue = true;
      return;
    case 'expire':
      exchange.expireTokens();
      if (what.closes) for (const each of servers) each.closeAll(4401);
      return;
    case 'step':
      return machine.step(what.by * 1000);
    case 'freeze':
      return machine.freeze(what.for * 1000);
    case 'burst':
      return application.burst(what.count, false);
    case 'burstOnLink':
      return application.burst(what.count, true);
    case 'pause':
      return application.pause(what.for * 1000);
    case 'reconnectBeside':
      changeOften(machine.timeline, exchange, servers);
      return application.do(what.do);
    case 'reconnectPaused':
      changeOften(machine.timeline, exchange, servers);
      application.do('reconnectBeside');
      return application.pause(what.for * 1000);
    case 'stop':
      application.stop();
      machine.timeline.at(until, 0, () => application.start(), machine);
      return;
    default:
      return application.do(what.do);
  }
}
