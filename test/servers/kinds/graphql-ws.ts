import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { concatMap, first } from 'rxjs';
import { observeWebSocket, onOpen } from '../../../src/index.node.js';
import type { Supervision } from '../../../src/index.node.js';
import { wsTransport } from '../../../src/transport/node.js';
import type { Client, ServerKind } from '../server-kind.js';

const PROGRAM = fileURLToPath(new URL('../programs/graphql-ws.mjs', import.meta.url));
const query = 'query ($payload: String!) { echo(payload: $payload) }';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

interface Echo {
  readonly data: { readonly echo: string };
}

function connect(url: string, ...supervision: Supervision[]): Client {
  let operations = 0;
  const greet = onOpen<Message, Message>((link) => {
    link.send({ type: 'connection_init' });
    return link.messages.pipe(first(({ type }) => type === 'connection_ack'));
  });
  const transport = wsTransport({ maxPayload: 17 * 1024 * 1024 }); // payload and envelope
  const connection = observeWebSocket<Message>(
    { url, protocols: 'graphql-transport-ws', transport },
    greet,
    ...supervision,
  );
  const sendMessage = (message: Message) => connection.messages.next(message);
  return {
    connection,
    received: connection.messages.pipe(
      concatMap(({ type, payload }) => (type === 'next' ? [(payload as Echo).data.echo] : [])),
    ),
    send: (payload) =>
      sendMessage({ id: String(++operations), type: 'subscribe', payload: { query, variables: { payload } } }),
    provoke: () => sendMessage({ type: 'nonsense' }),
  };
}

export const graphqlWs: ServerKind = {
  name: 'graphql-ws',
  version: () => (createRequire(import.meta.url)('graphql-ws/package.json') as { version: string }).version,
  command: ({ port }) => [process.execPath, PROGRAM, String(port)],
  connect,
  protocol: 'graphql-transport-ws',
  letter: '…',
  cannot: { binary: 'its messages are JSON' },
  answers: 'close 4000 enough local',
  closes: { when: 'it receives a message of an unknown type', as: 'close 4400 Invalid message received remote' },
  stops: 'close 1001 Going away remote',
};
