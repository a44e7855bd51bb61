/* A client of Discord's gateway: https://discord.com/developers/docs/events/gateway */

import { filter, first, tap, timeout } from 'rxjs';
import type { Observable } from 'rxjs';
import {
  fatalCloseCodes,
  heartbeat,
  observeWebSocket,
  onOpen,
  retryWithBackoff,
  stopOnFatalClose,
  WebSocketError,
} from 'rxwire';
import type { LifecycleEvent, WebSocketConnection } from 'rxwire';

const Op = { DISPATCH: 0, HEARTBEAT: 1, IDENTIFY: 2, RESUME: 6, RECONNECT: 7, INVALID_SESSION: 9, HELLO: 10, ACK: 11 };
/** Close codes after which a session is not resumed. */
const SESSION_LOST = [4007, 4009];

interface Payload {
  readonly op: number;
  readonly d?: unknown;
  /** The sequence number and the name of a dispatch. */
  readonly s?: number | null;
  readonly t?: string | null;
}

export interface DiscordGateway {
  readonly connection: WebSocketConnection<Payload>;
  readonly dispatches: Observable<Payload>;
}

export function discordGateway(url: string, token: string, intents = 0): DiscordGateway {
  let interval = 45_000;
  let sequence: number | null = null;
  let session: { session_id: string; resume_gateway_url: string } | undefined;
  const forget = () => {
    sequence = null;
    session = undefined;
  };

  const logIn = onOpen<Payload, Payload>((link) => {
    const follow = ({ op, d, s, t }: Payload) => {
      if (op === Op.DISPATCH) sequence = s ?? sequence;
      if (t === 'READY') session = d as typeof session;
      if (op === Op.HELLO) {
        interval = (d as { heartbeat_interval: number }).heartbeat_interval;
        if (session) link.send({ op: Op.RESUME, d: { token, session_id: session.session_id, seq: sequence } });
        else link.send({ op: Op.IDENTIFY, d: { token, intents, properties: { os: 'any' } } });
      }
      if (op === Op.HEARTBEAT) link.send({ op: Op.HEARTBEAT, d: sequence });
      if (op === Op.INVALID_SESSION && d !== true) forget();
      if (op === Op.INVALID_SESSION) link.terminate(new WebSocketError('The session is invalid.'), 4000);
      if (op === Op.RECONNECT) link.terminate(new WebSocketError('The server asks to reconnect.'), 4000);
    };
    link.messages.subscribe(follow); // completes with the connection
    return link.messages.pipe(
      first(({ t }) => t === 'READY' || t === 'RESUMED'),
      timeout(10_000),
    );
  });

  const connection = observeWebSocket<Payload>(
    { url: () => session?.resume_gateway_url ?? url },
    logIn,
    heartbeat({
      interval: () => interval,
      ping: () => JSON.stringify({ op: Op.HEARTBEAT, d: sequence }),
      isReply: (data) => /^\{[^{]*"op":\s*11\b/.test(String(data)),
    }),
    tap((event: LifecycleEvent) => event.type === 'close' && SESSION_LOST.includes(event.code) && forget()),
    stopOnFatalClose({ codes: fatalCloseCodes.discord }),
    retryWithBackoff({ initialDelay: 1000 }),
  );
  return { connection, dispatches: connection.messages.pipe(filter(({ op }) => op === Op.DISPATCH)) };
}
