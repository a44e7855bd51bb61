import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import type { ServerKind } from './server-kind.js';

/** A `close` event as a cell of the table. */
const cell = (close: string) => close.replace(/^close | local| remote| unclean/g, '').replace('1006', 'no Close frame');

const COLUMNS = [
  'server',
  'subprotocol',
  'text up to',
  'binary up to',
  "answers `close(4000, 'enough')` with",
  'closes by itself with',
  'when stopped, closes with',
];

const row = ({ name, protocol, cannot, answers, closes, stops }: ServerKind) => [
  name,
  protocol && `\`${protocol}\``,
  cannot.text ? `no: ${cannot.text}` : '16 MiB',
  cannot.binary ? `no: ${cannot.binary}` : '16 MiB',
  cell(answers),
  `${cell(closes.as)}, when ${closes.when}`,
  cell(stops),
];

const server = ({ name, version, inFrontOf }: ServerKind) =>
  `- ${name}${inFrontOf ? `, in front of ${inFrontOf.name}` : ''}: ${version()}`;

/** The results of the suite as a page. */
export const serversPage = (kinds: readonly ServerKind[]): Promise<string> =>
  format(
    `# Servers by others

<!-- Written by \`UPDATE_DOCS=1 npm run test:servers\`, which asserts what the table says. -->

rxwire is tested with these servers. Each runs in a process of its own. The client connects over the loopback, without a
heartbeat and with \`retryWithBackoff({ initialDelay: 20, maxDelay: 100 })\`.

${kinds.map(server).join('\n')}

${markdownTable(COLUMNS, kinds.map(row))}

With every server:

- Messages come back unchanged. The sizes are those at which the frame header changes, and 16 MiB.
- The client reconnects after each of these closes.
- The server is restarted while the client sends the numbers 1, 2, 3, … without a pause. On each connection, the numbers
  that come back are the first ones that the connection took, in order, without duplicates. The others were on their way
  when the connection ended. Nothing else is missing. Numbers that are sent while there is no server wait in the outbox,
  and all come back.

If a server is stopped before it has read everything, the client may see no Close frame, whatever the table says. The
kernel then resets the connection, and the last data of the server is lost.

Some protocols wrap the 16 MiB in a message of their own (graphql-ws, NATS, MQTT). Then the client needs
\`wsTransport({ maxPayload })\` with more than the default of 16 MiB. In some protocols a frame may end in the middle of a
message (NATS, MQTT, the mirror of libwebsockets). Then the codec puts the parts together, and \`onOpen\` resets it for
each connection.
`,
    { parser: 'markdown', printWidth: 120 },
  );

/** The page without versions, which differ between machines. */
export const withoutVersions = (page: string): string => page.replaceAll(/^(- .*): \S+$/gm, '$1');
