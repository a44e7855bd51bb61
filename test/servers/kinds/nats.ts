import { writeFileSync } from 'node:fs';
import { Kind, Parser } from '@nats-io/nats-core/internal';
import type { ParserEvent } from '@nats-io/nats-core/internal';
import { concatMap, filter, first } from 'rxjs';
import { observeWebSocket, onOpen } from '../../../src/index.node.js';
import type { Codec, Supervision } from '../../../src/index.node.js';
import { wsTransport } from '../../../src/transport/node.js';
import { debianPackage } from '../installed.js';
import type { Client, Payload, ServerKind } from '../server-kind.js';

const MIB = 1024 * 1024;

/** The NATS protocol uses the WebSocket like TCP: frames do not match its operations. */
function natsCodec(): Codec<ParserEvent[], Payload> & { reset(): void } {
  let events: ParserEvent[] = [];
  let parser: Parser;
  return {
    reset: () => (parser = new Parser({ push: (event: ParserEvent) => void events.push(event) })),
    encode: (operation) => Buffer.from(operation),
    decode: (data) => {
      events = [];
      parser.parse(data as Uint8Array);
      return events;
    },
  };
}

function publish(payload: Payload): Uint8Array {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from(`PUB echo ${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);
}

function connect(url: string, ...supervision: Supervision[]): Client {
  const codec = natsCodec();
  const logIn = onOpen<ParserEvent[], Payload>((link) => {
    codec.reset();
    const operations = link.messages.pipe(concatMap((events) => events));
    operations.pipe(filter(({ kind }) => kind === Kind.PING)).subscribe({
      next: () => link.send('PONG\r\n'),
      error: () => {}, // ends with the connection
    });
    link.send('CONNECT {"verbose":false}\r\nSUB echo 1\r\nPING\r\n');
    return operations.pipe(first(({ kind }) => kind === Kind.PONG));
  });
  const transport = wsTransport({ maxPayload: 17 * MIB }); // payload and operation
  const connection = observeWebSocket<ParserEvent[], Payload>({ url, codec, transport }, logIn, ...supervision);
  return {
    connection,
    received: connection.messages.pipe(
      concatMap((events) => events.filter(({ kind }) => kind === Kind.MSG).map(({ data }) => data!)),
    ),
    send: (payload) => connection.messages.next(publish(payload)),
    provoke: () => connection.messages.next('NONSENSE\r\n'),
  };
}

const config = (port: number) => `
listen: "127.0.0.1:-1"
max_payload: ${16 * MIB}
websocket { listen: "127.0.0.1:${port}", no_tls: true }
`;

export const nats: ServerKind = {
  name: 'NATS',
  version: () => debianPackage('nats-server'),
  command: ({ port, directory }) => {
    writeFileSync(`${directory}/nats.conf`, config(port));
    return ['nats-server', '--config', `${directory}/nats.conf`];
  },
  connect,
  protocol: '',
  letter: '…',
  cannot: { text: 'all its frames are binary' },
  answers: 'close 4000 enough local',
  closes: { when: 'it receives an unknown operation', as: 'close 1002 Protocol Violation remote' },
  stops: 'close 1001 Server Shutdown remote',
};
