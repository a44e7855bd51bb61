/*
 * The pages of the site: where each is in the repository, its place in the menu, and what a search finds it by. The
 * pages themselves have no front matter, which a Git host shows as a table.
 */

/**
 * @typedef {object} Page
 * @property {string} file the page in the repository
 * @property {string} to its file on the site
 * @property {string} [text] its name in the menu; by default its title
 * @property {string} description what a search engine shows
 * @property {string} keywords words that people search for, where the text has others
 */

/** @type {(name: string, text: string, description: string, keywords: string) => Page} */
const guide = (name, text, description, keywords) => ({
  file: `docs/${name}.md`,
  to: `${name}.md`,
  text,
  description,
  keywords,
});

/** @type {Page} */
export const HOME = {
  file: 'README.md',
  to: 'index.md',
  text: 'What it is',
  description: 'A WebSocket as RxJS streams: lifecycle events, a message Subject, reconnect with backoff, heartbeat.',
  keywords:
    'rxjs websocket, rxjs websocket reconnect, typescript websocket client, node browser, observable, auto reconnect',
};

/** @type {readonly { text: string, pages: readonly Page[] }[]} */
export const GROUPS = [
  {
    text: 'Start',
    pages: [
      HOME,
      guide(
        'first-feed',
        'Your first feed',
        'An RxJS WebSocket client that reconnects, in five minutes and without a server.',
        'getting started, tutorial, quick start, example, install',
      ),
      guide(
        'which-operator',
        'Which operator do I need?',
        'Click through a few questions to the operator, function or option that you need.',
        'choose operator, decision tree, how do I',
      ),
      guide(
        'troubleshooting',
        'Troubleshooting',
        'WebSocket closes with 1006 after 60 s, 401 loops, memory grows, messages lost at reconnect: causes and remedies.',
        'websocket 1006, abnormal closure, error, not working, debug, disconnects every 60 seconds, memory leak, FAQ',
      ),
      guide(
        'cookbook',
        'Cookbook',
        'Short tested recipes for WebSockets with RxJS: watchdogs, snapshots, fallback hosts, alerts, callbacks, idle tabs.',
        'recipes, snippets, how to, examples, acknowledgement, wait until connected',
      ),
    ],
  },
  {
    text: 'The connection',
    pages: [
      guide(
        'reconnect',
        'Reconnect',
        'RxJS WebSocket reconnect with exponential backoff and jitter, fatal close codes, heartbeat for half-open peers.',
        'rxjs websocket reconnect, auto reconnect, exponential backoff, jitter, retry, heartbeat, ping pong, keepalive, half-open, dead peer, reconnect after sleep, laptop wake, close codes, 1000, 1001, 1006, 1008, 1011, 1012, 1013, Retry-After, 429, thundering herd',
      ),
      guide(
        'operator-order',
        'The order of operators',
        'What each wrong order of heartbeat, onOpen, stopOnFatalClose and retryWithBackoff does, from runs in virtual time.',
        'order of operators, pipe order, 401 loop, retry before refresh',
      ),
      guide(
        'auth',
        'Auth',
        'Tokens, first-message logins and refresh on 401 for a WebSocket that reconnects.',
        'authentication, authorization header, bearer token, jwt, oauth, 401, 4401, login, cookies, refresh token, Sec-WebSocket-Protocol',
      ),
      guide(
        'lifecycle',
        'The lifecycle',
        'Every event, state and error of a WebSocket connection, and how to log them.',
        'websocket readyState, onopen, onclose, onerror, CloseEvent code reason, connection status, logging, pino, winston',
      ),
      guide(
        'shutdown',
        'Graceful shutdown',
        'Close a WebSocket, flush what waits, handle SIGTERM, await using, and keep a connection between subscribers.',
        'SIGTERM, SIGINT, close websocket, await using, Symbol.asyncDispose, explicit resource management, linger, flush, drain, shareReplay refCount',
      ),
      guide(
        'proxies-and-tls',
        'Proxies and TLS',
        'A WebSocket in Node through an HTTP proxy, with own certificate authorities and client certificates.',
        'HTTPS_PROXY, http_proxy, no_proxy, corporate proxy, CONNECT, https-proxy-agent, self-signed certificate, UNABLE_TO_VERIFY_LEAF_SIGNATURE, mTLS, client certificate, rejectUnauthorized, nginx, haproxy, idle timeout',
      ),
    ],
  },
  {
    text: 'Messages',
    pages: [
      guide(
        'messages',
        'Messages',
        'Validate, send, queue while offline, stay below a rate limit, and decode MessagePack, Protocol Buffers or your own format.',
        'zod, valibot, schema, json, binary, msgpack, protobuf, offline queue, outbox, rate limit, throttle, batch, buffer, send before open',
      ),
      guide(
        'topics',
        'Topics, requests, pools',
        'Channels over one WebSocket, subscribed again after a reconnect; request and response; more keys than a connection allows.',
        'multiplex, pub sub, channels, subscribe, resubscribe after reconnect, rpc, json-rpc, correlation id, connection pool, load balancing',
      ),
      guide(
        'backpressure',
        'Backpressure',
        'WebSocket backpressure: pause the server while a slow consumer works, and send no faster than the peer reads.',
        'slow consumer, memory grows, pause, bufferedAmount, drain, flow control, async iterator, for await, streams, WebSocketStream',
      ),
      guide(
        'exchange',
        'A feed that stays right',
        'Order books from a crypto exchange over WebSocket, with snapshots, sequence numbers and gaps mended.',
        'order book, snapshot, delta, sequence gap, binance, kraken, okx, market data, 24 hours disconnect',
      ),
      guide(
        'protocols',
        'Ten protocols',
        'WebSocket clients for Binance, OKX, Coinbase, Alpaca, Home Assistant, graphql-ws, Ethereum, Pusher, Phoenix and Discord.',
        'graphql subscriptions, json-rpc, discord gateway, pusher, phoenix channels, trading api, home assistant websocket api',
      ),
      guide(
        'ingest',
        'Two ingesters',
        'Copy a WebSocket feed into NATS JetStream from several machines, with nothing lost and nothing twice.',
        'exactly once, deduplicate, nats, jetstream, high availability, redundancy',
      ),
    ],
  },
  {
    text: 'Around it',
    pages: [
      guide(
        'testing',
        'Testing with marbles',
        'Mock a WebSocket in tests: a scripted server, RxJS marble tests in virtual time, fake timers, recordings.',
        'mock websocket test, jest, vitest, TestScheduler, marble testing, fake timers, unit test, mock server, jest-websocket-mock, mock-socket',
      ),
      guide(
        'angular',
        'Angular',
        'A WebSocket as Angular signals: tables, login and logout, offline banner, component tests.',
        'angular websocket service, signals, rxResource, toSignal, zone.js, change detection, SSR',
      ),
      guide(
        'metrics',
        'Metrics and traces',
        'WebSocket metrics for Prometheus and OpenTelemetry, a Grafana dashboard, alerts.',
        'prometheus, grafana, opentelemetry, otel, monitoring, observability, alerting, diagnostics_channel',
      ),
      guide(
        'command',
        'The command rxwire',
        'A WebSocket client for the shell that reconnects: send, batch, record; compared with wscat and websocat.',
        'wscat, websocat, curl websocket, cli, command line',
      ),
      guide(
        'conformance',
        'Conformance',
        'What each WebSocket makes of the cases of RFC 6455 and RFC 7692: frames, fragments, UTF-8, close codes, compression.',
        'autobahn test suite, rfc 6455, rfc 7692, permessage-deflate, protocol error, compliance',
      ),
      guide(
        'speed',
        'Speed',
        'What a message, a reconnect and an idle connection cost, beside code by hand and other clients, with intervals.',
        'benchmark, performance, throughput, overhead, memory per connection, cpu',
      ),
      guide(
        'bundlers',
        'Bundlers, TypeScript, sizes',
        'What each import costs, and the bundlers and TypeScript versions that are tested.',
        'vite, webpack, esbuild, rollup, next.js, metro, react native, tree shaking, bundle size, commonjs, esm',
      ),
      guide(
        'platforms',
        'Platforms',
        'Node, Bun, Deno, workers, Chromium, Firefox, WebKit: where it runs, and what each cannot do.',
        'cloudflare workers, edge, service worker, web worker, browser support, safari, ping frames, custom headers in browser',
      ),
    ],
  },
  {
    text: 'Coming from',
    pages: [
      guide(
        'from-rxjs-websocket',
        'rxjs/webSocket',
        'Replace webSocket() and WebSocketSubject of RxJS: reconnect, close codes, retry that works.',
        'WebSocketSubject, rxjs webSocket reconnect, migrate, retryWhen',
      ),
      guide(
        'from-reconnecting-websocket',
        'reconnecting-websocket',
        'Replace reconnecting-websocket or partysocket.',
        'ReconnectingWebSocket, partysocket, robust-websocket, migrate',
      ),
      guide(
        'from-python',
        'Python',
        'What you know from websockets and websocket-client, in TypeScript.',
        'python websockets, websocket-client, run_forever, on_message, asyncio',
      ),
    ],
  },
  {
    text: 'How reliable it is',
    pages: [
      guide(
        'reliability',
        '49 faults',
        'What four WebSocket clients do in 49 faults of networks, proxies, TLS and servers, measured.',
        'comparison, benchmark, fault injection, chaos',
      ),
      guide(
        'clients',
        'Seven clients',
        'What seven WebSocket clients lose, double and never notice, in 41 scenarios that any client can be put through.',
        'comparison, conformance, reconnecting-websocket, partysocket, rews, graphql-ws, python websockets, test suite',
      ),
      guide(
        'servers',
        'Servers by others',
        'Tried on nine WebSocket servers that others wrote.',
        'gorilla, libwebsockets, python websockets, mosquitto, nats',
      ),
      guide(
        'soak',
        'Ten thousand reconnects',
        'What ten thousand reconnects leave behind: nothing.',
        'memory leak, soak test, leak',
      ),
      guide(
        'herd',
        'A herd of clients',
        'What 100 000 reconnecting clients do to a server, simulated for several backoff policies.',
        'thundering herd, reconnect storm, jitter, backoff simulation',
      ),
      guide(
        'world',
        'Worlds',
        'Whole applications, servers and a network in virtual time from one seed, and the invariants that must hold.',
        'deterministic simulation testing, seed, replay, shrinking, fault injection',
      ),
      guide('model-testing', 'Model testing', 'Random commands against a model of the connection.', 'fast-check'),
      guide('mutation-testing', 'Mutation testing', 'Which changes of the code the tests notice.', 'stryker, mutants'),
      {
        file: 'SECURITY.md',
        to: 'security.md',
        text: 'Security',
        description: 'What a hostile server cannot do, and how to report a vulnerability.',
        keywords: 'vulnerability, secrets in logs, maxPayload, denial of service',
      },
    ],
  },
  {
    text: 'How it is built',
    pages: [
      guide('operators', 'The operators in marbles', 'Each operator as a marble diagram, drawn from a run.', 'diagram'),
      guide(
        'architecture',
        'Architecture',
        'How the parts work together, and which imports are allowed.',
        'source code',
      ),
      {
        file: 'CONTRIBUTING.md',
        to: 'contributing.md',
        text: 'Contributing',
        description: 'Build, test and change rxwire.',
        keywords: 'develop, pull request, tests',
      },
      {
        file: 'CHANGELOG.md',
        to: 'changelog.md',
        text: 'Changelog',
        description: 'What changed in each version.',
        keywords: 'release notes, versions, breaking changes',
      },
      {
        file: 'docs/README.md',
        to: 'guides.md',
        text: 'All guides',
        description: 'A list of all guides.',
        keywords: 'contents, index',
      },
    ],
  },
];

export const SITE_PAGES = GROUPS.flatMap(({ pages }) => pages);
