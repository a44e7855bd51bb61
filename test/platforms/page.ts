import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { edge } from './places/edge.js';
import { LIVES } from './places/lives.js';
import { browserPages } from './places/pages.js';
import type { PlaceKind } from './places/place-kind.js';
import { runners } from './places/runners.js';
import { runtimes } from './places/runtimes.js';
import { workerd } from './places/workerd.js';

type Row = Omit<PlaceKind, 'run'>;

const COLUMNS = [
  ...['place', 'version', 'WebSocket', 'ping frames', 'pause', 'headers', 'reads the answer'],
  'ends a silent connection',
];

const LIFE_COLUMNS = [
  'browser',
  'kept in the back/forward cache: a page without connections',
  'waiting for a retry',
  'with an open connection',
];

const lifeRows = () =>
  Object.entries(LIVES).map(([browser, lives]) => [
    browser,
    ...['away', 'away-waiting', 'away-open'].map((act) => said((lives[act] as { readonly isKept: boolean }).isKept)),
  ]);

const said = (is: boolean) => (is ? 'yes' : '**no**');

const row = ({ name, socket, version, traits: { pings, pauses, headers, answer, ends } }: Row) => [
  ...[name, version() ?? 'not installed', socket],
  ...[pings, pauses, headers, answer, ends].map(said),
];

const table = (rows: readonly Row[]) => markdownTable(COLUMNS, rows.map(row));

/** What the suite has shown, as a page. */
export const platformsPage = (): Promise<string> =>
  format(
    `# Platforms

<!-- Written by \`UPDATE_DOCS=1 npm run test:platforms\`, which asserts what the tables say. -->

One program runs in each of these places, against a server process on the loopback. It uses the built package, as the
place itself resolves it.

${table([...runtimes, workerd, ...browserPages.flatMap(({ places }) => places)])}

In every place, the program:

- connects with a subprotocol, sends and receives text (also empty, and a megabyte of it) and bytes
- reconnects when the connection breaks, which is a close with 1006
- reads the server's close code and reason, and closes with a code and reason of its own
- sends a text as a ping, keeps a peer that answers, and gives up one that is silent
- gives up an attempt that takes too long, and a closing handshake that is not answered
- ends a refused handshake with a \`HandshakeError\`

The columns are what a platform can or cannot do:

- **ping frames**: sends them for \`heartbeat()\`, and counts the server's as signs of life. Where there are none, give
  \`heartbeat\` a \`ping\` function; without one, a fatal error says so.
- **pause**: \`pause()\` really stops the server, by TCP. Where it cannot, \`canPause\` is \`false\`.
- **headers**: sends \`headers\` with the handshake. Where it cannot, \`observeWebSocket\` throws a TypeError.
- **reads the answer**: \`open\` events have the headers of the server's answer, and a \`HandshakeError\` has the status,
  the headers and the \`retryAfter\` of a refusal. By the standard, a refusal has no reason.
- **ends a silent connection**: when \`heartbeat\` gives up a silent peer, the TCP connection ends too, at once. Elsewhere
  the lifecycle goes on at once all the same, but the platform keeps the old socket until the peer answers, or until its
  own time for a close is over. In Node and Deno such a socket also keeps the process from ending by itself:
  \`wsTransport()\` from \`rxwire/node\` has no such limit.

Outside Node's \`ws\`, nobody is told when a server begins to close. A server that leaves it at that is noticed by a heartbeat,
or by who sends, and given up with 1006 after \`closeTimeout\`, and 11 s at least: before that the platform may still tell the
server's code.

In every place, the program also:

- passes ten tests in virtual time, with \`rxwire/testing\`
- waits by \`online()\` for a network that is lost, where the platform reports it: in pages, and in workers of browsers.
  Workers of Chromium have no event for it; \`online()\` reads \`navigator.onLine\` there once a second

Chromium's \`WebSocketStream\` is in no other browser. There, \`webSocketStreamTransport()\` is the native WebSocket.

The contract of all transports (\`test/contract\`) runs in Node, and in a page of Chromium, Firefox and WebKit.

The command \`rxwire\` runs in Node, Bun and Deno.

## Pages that go away and come back

${markdownTable(LIFE_COLUMNS, lifeRows())}

- A page with an open connection that goes into the back/forward cache loses the connection. When the page is back, the
  lifecycle has a \`close\` with 1006, and the next attempt follows.
- \`visible()\` emits when a page comes back, once by \`visibilitychange\` and once by \`pageshow\`. It ends a delay of
  \`retryWithBackoff\` there: a retry that would have waited for a minute is made at once.
- Timers stand still in a page that Chromium has frozen. After four seconds the page went on: a retry that was due
  meanwhile was made, and Chromium had closed the open connection, which was a \`close\` with 1006 by the peer and no
  \`HeartbeatTimeoutError\`. No other browser can be asked to freeze a page.
- A worker has no visibility: there \`visible()\` completes at once, and \`wake\` of \`retryWithBackoff\` never emits.

## Test runners

The same program, and the tests in the runner itself, run in these:

${table([...runners, edge])}

Tests in virtual time also run with \`bun test\` and \`deno test\`. Jest's jsdom has no \`TextEncoder\` and no
\`TextDecoder\`; they are not needed. In Vitest's jsdom and happy-dom, \`rxwire\` is the build for Node; the row with jsdom's
WebSocket uses \`nativeTransport()\`.

## What is not tested

- Safari, on macOS and iOS: WebKit is tested as WebKitGTK, whose sockets are GLib's, not Apple's.
- Browsers on Windows, macOS and Android, and the branded builds of Chrome and Edge.
- React Native: \`nativeTransport()\` handles the known differences of its WebSocket, tested with a mock. \`create\` can
  pass its headers.
- Electron, NativeScript, and Cloudflare's and Vercel's production networks. workerd and the Edge sandbox run locally.
- A Service Worker that the browser stops while it is idle. It ends with all its connections.
`,
    { parser: 'markdown', printWidth: 120 },
  );

/** The page without versions, which differ between machines, and without the widths that follow from them. */
export const withoutVersions = (page: string): string =>
  page
    .replaceAll(/^(\| [^|]+\| )[^|]+\|/gm, '$1|')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-+/g, '-');
