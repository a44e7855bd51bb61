import type { Client, Pace, Session } from './clients/client.js';
import { partySocket, reconnectingWebSocket, rxjs } from './clients/rivals.js';
import { rxwire } from './clients/rxwire.js';
import type { Fault } from './fault.js';
import type { Row } from './page.js';
import { suffer } from './suffer.js';
import type { Suffering } from './suffer.js';

/** The times that every client is given that has them; `docs/reliability.md` tells them. */
const FAIR: Pace = {
  heartbeat: { interval: 1000, timeout: 1000 },
  retryDelay: 1000,
  connectTimeout: 4000,
  closeTimeout: 2000,
  lasts: 6000,
  patience: 10_000,
};

/** The clients that a fault can happen to. Only rxwire tells when it has closed. */
export const clientsOf = ({ expected }: Fault): Record<string, Client<Session>> => ({
  rxwire,
  ...(!expected.isCloseUnanswered && {
    'rxjs/webSocket': rxjs,
    'reconnecting-websocket': reconnectingWebSocket,
    partysocket: partySocket,
  }),
});

/** Lets a fault happen to a client. */
export async function measure(fault: Fault, name: string, client: Client<Session>): Promise<Row> {
  const suffering = await suffer(fault, client, FAIR);
  await suffering.stop();
  const { noticedAfter, recoveredAfter, sent, got } = suffering;
  const arrived = [...got.values()].flat();
  const distinct = new Set(arrived).size;
  return {
    fault: fault.name,
    client: name,
    did: describe(suffering, name === 'rxwire'),
    noticed: seconds(noticedAfter),
    recovered: seconds(recoveredAfter),
    lost: fault.isQuiet ? '–' : String(sent - distinct),
    duplicated: fault.isQuiet ? '–' : String(arrived.length - distinct),
  };
}

function describe(suffering: Suffering<Session>, tellsErrors: boolean): string {
  const { story, lostBefore } = suffering;
  const errors = new Set(story.losses.slice(lostBefore).map(({ error }) => error.replace(' (fatal)', '')));
  return [
    outcome(suffering),
    tellsErrors && errors.size > 0 && `: ${[...errors].join(', ')}`,
    story.wouldCrash && ', after an uncaught error',
  ]
    .filter(Boolean)
    .join('');
}

function outcome({ hasStopped, noticedAfter, recoveredAfter }: Suffering<Session>): string {
  if (hasStopped) return 'stopped';
  if (noticedAfter === undefined) return recoveredAfter === undefined ? 'noticed nothing' : 'lived on';
  return recoveredAfter === undefined ? 'did not come back' : 'reconnected';
}

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? '–' : `${(milliseconds / 1000).toFixed(1)} s`;
