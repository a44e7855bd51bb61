import type { Client, Pace, Session } from './clients/client.js';
import { partySocket, reconnectingWebSocket, rxjs } from './clients/rivals.js';
import { rxwire } from './clients/rxwire.js';
import type { Fault } from './fault.js';
import type { Row } from './page.js';
import { runFault } from './run-fault.js';
import type { FaultRun } from './run-fault.js';

/** The times that all clients get, as far as they support them. They are listed in `docs/reliability.md`. */
const FAIR: Pace = {
  heartbeat: { interval: 1000, timeout: 1000 },
  retryDelay: 1000,
  connectTimeout: 4000,
  closeTimeout: 2000,
  lasts: 6000,
  patience: 10_000,
};

/** The clients to which a fault applies. Only rxwire reports when it has closed. */
export const clientsOf = ({ expected }: Fault): Record<string, Client<Session>> => ({
  rxwire,
  ...(!expected.isCloseUnanswered && {
    'rxjs/webSocket': rxjs,
    'reconnecting-websocket': reconnectingWebSocket,
    partysocket: partySocket,
  }),
});

/** Measures a fault for a client. */
export async function measure(fault: Fault, name: string, client: Client<Session>): Promise<Row> {
  const run = await runFault(fault, client, FAIR);
  await run.stop();
  const { noticedAfter, recoveredAfter, sent, got } = run;
  const arrived = [...got.values()].flat();
  const distinct = new Set(arrived).size;
  return {
    fault: fault.name,
    client: name,
    did: describe(run, name === 'rxwire'),
    noticed: seconds(noticedAfter),
    recovered: seconds(recoveredAfter),
    lost: fault.isQuiet ? '–' : String(sent - distinct),
    duplicated: fault.isQuiet ? '–' : String(arrived.length - distinct),
  };
}

function describe(run: FaultRun<Session>, showsErrors: boolean): string {
  const { trace, lostBefore } = run;
  const errors = new Set(trace.losses.slice(lostBefore).map(({ error }) => error.replace(' (fatal)', '')));
  return [
    outcome(run),
    showsErrors && errors.size > 0 && `: ${[...errors].join(', ')}`,
    trace.wouldCrash && ', after an uncaught error',
  ]
    .filter(Boolean)
    .join('');
}

function outcome({ hasStopped, noticedAfter, recoveredAfter }: FaultRun<Session>): string {
  if (hasStopped) return 'stopped';
  if (noticedAfter === undefined) return recoveredAfter === undefined ? 'noticed nothing' : 'stayed connected';
  return recoveredAfter === undefined ? 'did not reconnect' : 'reconnected';
}

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? '–' : `${(milliseconds / 1000).toFixed(1)} s`;
