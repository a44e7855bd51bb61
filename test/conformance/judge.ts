import { NORMAL } from './case.js';
import type { Case, Payload } from './case.js';
import type { Seen } from './seen.js';

/** What rxwire emitted in one case. */
export interface Emitted {
  readonly messages: readonly Payload[];
  readonly close: {
    readonly code: number;
    readonly reason: string;
    readonly wasClean: boolean;
    readonly initiator: string;
  };
  readonly error?: { readonly name: string; readonly code?: number };
}

export const OK = 'ok';

/** Says in a few words what is not as the protocol wants it. */
export function judge(played: Case, seen: Seen, emitted: Emitted): string {
  if (!seen.isOffered) return 'offers no compression';
  const { delivers, ending } = played;
  const { messages, close, error } = emitted;
  if (!seen.isEnded) return 'does not end';
  if (seen.hasOtherEchoes || !messages.every((message, index) => same(message, delivers[index])))
    return 'delivers another message';
  if ('fails' in ending) return judgeFailure(played, seen, emitted);

  // Behind a close there is no echo any more.
  if (messages.length < delivers.length || (ending === NORMAL && seen.echoes < delivers.length))
    return 'loses messages';
  if (!seen.isPonged) return 'answers pings otherwise';
  const { closes, reason = close.reason } = ending;
  if (close.code !== closes || close.reason !== reason) return `reads the close ${close.code} ${close.reason}`.trim();
  if (!close.wasClean || close.initiator !== 'remote') return `reads the close as ${describe(close)}`;
  if (error?.name !== 'ConnectionClosedError' || error.code !== closes)
    return `ends with ${error?.name} ${error?.code}`;
  if (seen.close !== closes && seen.close !== 1000) return `answers the close with ${seen.close}`;
  return OK;
}

function judgeFailure({ delivers, ending, early }: Case, seen: Seen, { messages, close, error }: Emitted): string {
  const codes: readonly number[] = 'fails' in ending ? ending.fails : [];
  if (close.code === 1006 ? close.initiator !== 'remote' : close.initiator !== 'local' || !codes.includes(close.code))
    return `is emitted as ${describe(close)}`;
  // Where the first frame is wrong, some sockets never say that they opened.
  const isBeforeOpen = error?.name === 'HandshakeError' && close.code === 1006;
  if (!isBeforeOpen && (error?.name !== 'ConnectionClosedError' || error.code !== close.code))
    return `ends with ${error?.name} ${error?.code}`;
  if (seen.close !== undefined && !codes.includes(seen.close)) return `closes with ${seen.close}`;
  if (!isBeforeOpen && messages.length < delivers.length) return 'delivers less before it fails';
  if (early !== undefined && (seen.failedAfter ?? Infinity) > early) return 'fails at the end of the message';
  return OK;
}

const describe = ({ code, wasClean, initiator }: Emitted['close']) =>
  `${code}, ${wasClean ? 'clean' : 'not clean'}, ${initiator}`;

function same(a: Payload, b: Payload | undefined): boolean {
  if (typeof a === 'string' || typeof b === 'string' || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
