import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import type { ServerKind } from './server-kind.js';

/** A `close` in a cell of the table. */
const cell = (close: string) => close.replace(/^close | local| remote| unclean/g, '').replace('1006', 'no Close frame');

const COLUMNS = [
  'server',
  'subprotocol',
  'text up to',
  'binary up to',
  "answers `close(4000, 'enough')` with",
  'closes by itself with',
  'stopped, it closes with',
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

/** What the suite shows, for whoever wonders whether it works with their server. */
export const serversPage = (kinds: readonly ServerKind[]): Promise<string> =>
  format(
    `# Servers that no one here wrote

<!-- Written by \`UPDATE_DOCS=1 npm run test:servers\`, which asserts what the table says. -->

Each is a process of its own, and is connected to on the loopback, with no heartbeat and with
\`retryWithBackoff({ initialDelay: 20, maxDelay: 100 })\`.

${kinds.map(server).join('\n')}

${markdownTable(COLUMNS, kinds.map(row))}

All of them:

- send back what they are sent, of every size at which frames change their form and of 16 MiB, byte for byte;
- are found again after each of these closes, by one retry after another;
- are restarted while they are sent the numbers 1, 2, 3, … without a pause. What comes back of each connection is the
  first part of what it was handed, in order, nothing twice; the rest was on its way when the connection ended, and
  nothing else is missing. What is said while there is no server waits in the outbox, and comes back whole.

A server that is stopped before it has read all that it was sent may be seen to close with no Close frame, whatever the
table says: the kernel then resets the connection, and what the server said last is lost.

Where a protocol wraps the 16 MiB in a message of its own (graphql-ws, NATS, MQTT), the client needs
\`wsTransport({ maxPayload })\` above its 16 MiB. Where a frame may end anywhere in the protocol's own messages (NATS, MQTT,
the mirror of libwebsockets), a codec takes them together again, and \`onOpen\` tells it that a connection begins.
`,
    { parser: 'markdown', printWidth: 120 },
  );

/** The page without what differs from machine to machine. */
export const withoutVersions = (page: string): string => page.replaceAll(/^(- .*): \S+$/gm, '$1');
