/** What a reader has: a question with answers, or what to use. */
export type Choice = Question | Answer;

export interface Question {
  /** The reader's words. */
  readonly when: string;
  readonly choices: readonly Choice[];
}

export interface Answer {
  readonly when: string;
  /** What to use, as code that compiles. */
  readonly use: string;
  /** A sentence about it. */
  readonly so: string;
  /** Where more of it stands: the text of a link, and the page. */
  readonly more: readonly [text: string, page: string];
}

/** Every operator, and every function that stands on a connection, by what it is for. */
export const CHOICES: readonly Question[] = [
  {
    when: 'The connection',
    choices: [
      {
        when: 'I have none yet',
        use: "const feed = observeWebSocket<Trade>('wss://feed.example/trades', heartbeat(), stopOnFatalClose(), retryWithBackoff());",
        so: 'Subscribing to `feed.messages` or `feed.lifecycle` connects.',
        more: ['Your first feed', 'first-feed.md'],
      },
      {
        when: 'It breaks, and should come back',
        choices: [
          {
            when: 'after a delay that grows',
            use: 'retryWithBackoff();',
            so: 'Put it behind the other operators.',
            more: ['Back off', 'reconnect.md#back-off'],
          },
          {
            when: 'when the network or the user is back',
            use: "import { visible } from 'rxwire';\n\nretryWithBackoff({ when: online(), wake: visible() });",
            so: '`when` is waited for after the delay, `wake` ends a delay. In a page, `wake` does this by itself.',
            more: ['Back off', 'reconnect.md#back-off'],
          },
          {
            when: 'as late as the server asks',
            use: "import { leastWait } from 'rxwire';\n\nretryWithBackoff({ waitAfter: (error) => Math.max(leastWait(error) ?? 0, 10_000) });",
            so: 'By default, `Retry-After` and the codes 1012, 1013 and 4429 are respected. `waitAfter` adds to it.',
            more: ['Wait as long as the server asks', 'reconnect.md#wait-as-long-as-the-server-asks'],
          },
          {
            when: 'now, because somebody pressed a button',
            use: 'feed.reconnect();',
            so: 'It knows no backoff, so it is for people and for plans.',
            more: ['Reconnect on purpose', 'lifecycle.md#reconnect-on-purpose'],
          },
          {
            when: 'before the server ends it, and without a gap',
            use: "feed.reconnect({ overlap: 1000, reason: 'planned' });",
            so: 'The next connection is made beside the open one. `inSequence` drops what comes twice.',
            more: ['A planned end without a gap', 'exchange.md#a-planned-end-without-a-gap'],
          },
        ],
      },
      {
        when: 'It breaks, and should not come back',
        choices: [
          {
            when: 'because a retry cannot help',
            use: 'stopOnFatalClose();',
            so: 'A table says which close codes and statuses these are; `codes` and `statuses` are yours.',
            more: ['Stop on what a retry cannot cure', 'reconnect.md#stop-on-what-a-retry-cannot-cure'],
          },
          {
            when: 'because the server says that this is the end',
            use: 'completeOnClose([1000]);',
            so: 'The streams then complete. Without it, 1000 is retried.',
            more: ['completeOnClose', 'operators.md#completeonclose'],
          },
        ],
      },
      {
        when: 'It looks open, and nothing arrives',
        choices: [
          {
            when: 'the peer may be dead',
            use: "heartbeat({ ping: () => 'ping', isReply: (data) => data === 'pong' }); // in Node: heartbeat()",
            so: 'A peer that shows no sign of life after a ping ends the connection with an error, which is retried.',
            more: ['Notice a dead peer', 'reconnect.md#notice-a-dead-peer'],
          },
          {
            when: 'the server sends pings by itself',
            use: "heartbeat({ ping: 'none', interval: 30_000 });",
            so: 'It sends nothing, and watches for silence.',
            more: ['Notice a dead peer', 'reconnect.md#notice-a-dead-peer'],
          },
          {
            when: 'pings are answered, but data has stopped',
            use: "feed.link?.terminate(new WebSocketError('No data for a minute.'));",
            so: 'A watchdog of a few lines decides when.',
            more: ['A watchdog', 'reconnect.md#pings-are-answered-and-the-data-has-stopped'],
          },
        ],
      },
      {
        when: 'It needs credentials',
        choices: [
          {
            when: 'in the URL, a header or a subprotocol',
            use: 'observeWebSocket({ url: async () => `wss://feed.example/trades?token=${await freshToken()}` }, retryWithBackoff());',
            so: 'A function is asked again for every attempt.',
            more: ['A token per attempt', 'auth.md#a-token-per-attempt'],
          },
          {
            when: 'in a first message',
            use: "onOpen<Reply, LogIn>((link) => {\n  link.send({ op: 'auth', token });\n  return link.messages.pipe(first(({ op }) => op === 'welcome'));\n});",
            so: 'Until it completes, the connection does not count as open, and nothing else is sent.',
            more: ['Log in before anything is sent', 'auth.md#log-in-before-anything-is-sent'],
          },
          {
            when: 'which expire',
            use: 'refreshOnUnauthorized(() => freshToken());',
            so: 'It refreshes once, and connects again at once. Put it before `stopOnFatalClose`.',
            more: ['Refresh an expired token', 'auth.md#refresh-an-expired-token'],
          },
        ],
      },
      {
        when: 'It should be another socket than the default',
        choices: [
          {
            when: 'ws in Node, with an agent, a certificate or a proxy',
            use: 'observeWebSocket({ url, transport: wsTransport({ ca }) });',
            so: 'It takes every client option of `ws`.',
            more: ['Proxies and TLS', 'proxies-and-tls.md'],
          },
          {
            when: 'the native WebSocket, also in Node, or one of my own',
            use: "import { nativeTransport } from 'rxwire';\n\nobserveWebSocket({ url, transport: nativeTransport() });",
            so: '`create` makes the socket: of React Native, of undici, or a mock.',
            more: ['Transports', 'messages.md#transports'],
          },
          {
            when: 'one that can be paused in Chromium',
            use: "import { webSocketStreamTransport } from 'rxwire';\n\nobserveWebSocket({ url, transport: webSocketStreamTransport() });",
            so: 'Elsewhere it is the native WebSocket.',
            more: ['Transports', 'messages.md#transports'],
          },
        ],
      },
      {
        when: 'It should end',
        use: "await feed.close(1000, 'done');",
        so: 'Or unsubscribe: the last unsubscribe closes it.',
        more: ['Graceful shutdown', 'shutdown.md'],
      },
    ],
  },
  {
    when: 'What arrives',
    choices: [
      {
        when: 'It is JSON that must have a certain shape',
        use: "import { z } from 'zod';\n\nobserveWebSocket({ url, codec: json({ schema: z.object({ price: z.number() }) }) });",
        so: 'What the schema refuses is a `rejected` event.',
        more: ['Validate messages', 'messages.md#validate-messages'],
      },
      {
        when: 'It is not JSON',
        choices: [
          {
            when: 'but text',
            use: 'observeWebSocket({ url, codec: text() });',
            so: 'Every frame is a string.',
            more: ['Other formats', 'messages.md#other-formats'],
          },
          {
            when: 'but bytes',
            use: "import { binary } from 'rxwire';\n\nobserveWebSocket({ url, codec: binary() });",
            so: 'Every frame is a `Uint8Array`. For MessagePack and Protocol Buffers, write a codec of two functions.',
            more: ['Other formats', 'messages.md#other-formats'],
          },
        ],
      },
      {
        when: 'Several messages are in one frame',
        use: "import { several } from 'rxwire';\n\nobserveWebSocket({\n  url,\n  codec: { encode: JSON.stringify, decode: (frame) => several(JSON.parse(frame as string) as Trade[]) },\n});",
        so: 'Of JSON, `json({ split })` does the same.',
        more: ['Other formats', 'messages.md#other-formats'],
      },
      {
        when: 'I want it in batches',
        use: 'feed.messages.pipe(bufferCountOrTime(100, 1000));',
        so: 'A hundred, or what came within a second. The rest is emitted at the end.',
        more: ['Batches', 'messages.md#batches'],
      },
      {
        when: 'It is numbered, and nothing may be missing or come twice',
        use: 'feed.messages.pipe(inSequence((trade) => trade.id));',
        so: 'It drops repeats, and notices gaps.',
        more: ['Sequences', 'messages.md#sequences'],
      },
      {
        when: 'It comes faster than I can work',
        choices: [
          {
            when: 'and nothing may be lost',
            use: 'feed.messages.pipe(mergeMapBounded((trade) => save(trade), { concurrency: 10, pausing: feed }));',
            so: 'The server is paused while too much waits.',
            more: ['Slow consumers', 'backpressure.md#slow-consumers'],
          },
          {
            when: 'and only the newest counts',
            use: 'feed.messages.pipe(mergeMapBounded((trade) => save(trade), { conflateBy: ({ symbol }) => symbol }));',
            so: 'A newer value takes the place of the one that waits.',
            more: ['Slow consumers', 'backpressure.md#slow-consumers'],
          },
          {
            when: 'and I read in a loop',
            use: 'for await (const trade of feed.messages) await save(trade);',
            so: 'The socket is paused while 1000 messages wait.',
            more: ['Loops and streams', 'backpressure.md#loops-and-streams'],
          },
        ],
      },
    ],
  },
  {
    when: 'What I send',
    choices: [
      {
        when: 'It may wait for the connection',
        use: "feed.messages.next({ op: 'subscribe', channel: 'trades' });",
        so: 'The `outbox` has bounds: a number, bytes, an age.',
        more: ['Send', 'messages.md#send'],
      },
      {
        when: 'It is worthless later',
        use: "feed.link?.send({ op: 'typing', channel: 'chat' });",
        so: 'On this connection, or not at all.',
        more: ['The link', 'lifecycle.md#one-connection-the-link'],
      },
      {
        when: 'I must know whether it was sent',
        use: "await feed.send({ op: 'buy', channel: 'BTCEUR' });",
        so: 'It rejects if the message is given up.',
        more: ['Send', 'messages.md#send'],
      },
      {
        when: 'The server allows so many messages in so much time',
        use: "import { atMost } from 'rxwire';\n\nobserveWebSocket({ url, pace: atMost(5, 1000) });",
        so: 'What is over waits.',
        more: ['Rate limits', 'messages.md#rate-limits'],
      },
      {
        when: 'It is more than the peer can read',
        use: 'await feed.drained(1_000_000);',
        so: 'It resolves when no more than a megabyte is buffered.',
        more: ['Slow peers', 'backpressure.md#slow-peers'],
      },
    ],
  },
  {
    when: 'More than one conversation on a connection',
    choices: [
      {
        when: 'Channels, symbols, rooms',
        use: "const trades = multiplex(feed, {\n  keyOf: (trade) => trade.symbol,\n  subscribe: (channel: string) => ({ op: 'subscribe', channel }),\n});",
        so: 'Each key is asked for once, and again after a reconnect.',
        more: ['Topics', 'topics.md#topics'],
      },
      {
        when: 'Questions with answers',
        use: 'const request = requestResponse(feed, { idOf: (trade) => trade.id, timeout: 5000 });',
        so: 'Each answer is found by its id.',
        more: ['Requests', 'topics.md#requests'],
      },
      {
        when: 'More keys than one connection may have',
        use: "const pool = connectionPool({\n  create: () => observeWebSocket<Trade, Command>('wss://feed.example/trades', retryWithBackoff()),\n  max: 4,\n  keysPerConnection: 50,\n});",
        so: '`multiplex` and `requestResponse` take a pool as they take a connection.',
        more: ['Several connections', 'topics.md#several-connections'],
      },
    ],
  },
  {
    when: 'What happens to it',
    choices: [
      {
        when: 'I want to see it',
        choices: [
          {
            when: 'on a page',
            use: 'feed.state.subscribe(({ status }) => show(status));',
            so: 'It replays, never errors, and connects nothing. In Angular it is a signal.',
            more: ['Show the state', 'first-feed.md#show-the-state'],
          },
          {
            when: 'in a log',
            use: 'feed.events.pipe(logLifecycle(console)).subscribe();',
            so: 'Without secrets and without messages.',
            more: ['Log it', 'lifecycle.md#log-it'],
          },
          {
            when: 'in texts of my own, without secrets',
            use: "import { redactSecrets } from 'rxwire';\n\nredactSecrets('wss://feed.example/?token=abc');",
            so: '`logLifecycle` and recordings use it.',
            more: ['Log it', 'lifecycle.md#log-it'],
          },
          {
            when: 'as metrics',
            use: "import { collectMetrics } from 'rxwire/metrics';\n\ncollectMetrics(feed);",
            so: 'For Prometheus; `rxwire/otel` has one for OpenTelemetry.',
            more: ['Metrics', 'metrics.md'],
          },
        ],
      },
      {
        when: 'I want to react to one kind of event',
        use: "feed.events.pipe(ofType('close')).subscribe(handleClose);",
        so: 'It narrows the type as well.',
        more: ['Filter events', 'lifecycle.md#filter-events'],
      },
      {
        when: 'I want to know which error it was',
        use: "import { isConnectionClosedError } from 'rxwire';\n\nif (isConnectionClosedError(error)) console.warn(error.code, error.reason);",
        so: 'Each error has such a guard.',
        more: ['Errors', 'lifecycle.md#errors'],
      },
      {
        when: 'I want to know whether a code may be sent',
        use: "import { isSendable } from 'rxwire';\n\nisSendable(4000);",
        so: '1000, and 3000 to 4999.',
        more: ['Close, and wait', 'shutdown.md#close-and-wait'],
      },
      {
        when: 'I want to test my code',
        use: "import { coldOn, scriptedServer } from 'rxwire/testing';\n\nconst server = scriptedServer(coldOn(), ['o 5ms a 5ms #', 'o 5ms b']);",
        so: 'A server that plays marbles, in virtual time too.',
        more: ['Testing with marbles', 'testing.md'],
      },
    ],
  },
];
