/* NATS: a stream of bytes whose packets keep to no frames, and a number of ours (`sid`) for each subscription. */

import { filter, first, map, tap } from 'rxjs';
import { heartbeat, multiplex, observeWebSocket, onOpen, retryWithBackoff, several } from 'rxwire';

interface Packet {
  readonly op: string;
  readonly args: readonly string[];
  readonly payload?: string;
}

const HEAD = /^([^\r\n]*)\r\n/;
/* A character a byte, because lengths are in bytes. */
const toBytes = (data: Uint8Array) => Array.from(data, (byte) => String.fromCharCode(byte)).join('');
const toText = (bytes: string) => new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));

/** One for each connection: it keeps what has arrived of the next packet. */
function codec() {
  let rest = '';
  return {
    encode: (line: string) => new TextEncoder().encode(line),
    decode(data: string | Uint8Array) {
      rest += toBytes(data as Uint8Array);
      const packets: Packet[] = [];
      for (let head; (head = HEAD.exec(rest));) {
        const [op, ...args] = head[1]!.split(' ') as [string, ...string[]];
        const end = head[0].length + (op === 'MSG' ? Number(args.at(-1)) + 2 : 0);
        if (rest.length < end) break;
        packets.push({ op, args, ...(op === 'MSG' && { payload: toText(rest.slice(head[0].length, end - 2)) }) });
        rest = rest.slice(end);
      }
      return several(packets);
    },
  };
}

export function nats(url: string) {
  const connect = onOpen<Packet, string>((link) => {
    link.messages.pipe(filter(({ op }) => op === 'PING')).subscribe(() => link.send('PONG\r\n'));
    return link.messages.pipe(
      first(({ op }) => op === 'INFO'),
      tap(() => link.send('CONNECT {"verbose":false}\r\n')),
    );
  });
  const feed = observeWebSocket({ url, codec }, connect, heartbeat(), retryWithBackoff());
  const subjects = multiplex(feed, {
    idOf: ({ op, args }) => (op === 'MSG' ? Number(args[1]) : undefined),
    subscribe: (subject: string, sid) => `SUB ${subject} ${sid}\r\n`,
    unsubscribe: (_subject, sid) => `UNSUB ${sid}\r\n`,
  });
  const publish = (subject: string, payload: string) =>
    feed.messages.next(`PUB ${subject} ${new TextEncoder().encode(payload).length}\r\n${payload}\r\n`);
  return { feed, publish, subject: (subject: string) => subjects(subject).pipe(map(({ payload }) => payload!)) };
}
