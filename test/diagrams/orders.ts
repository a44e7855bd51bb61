import type { OperatorCode, Scene } from './ordered-run.js';

/** Two operators that stand in an order, and what the other order does. */
export interface OrderRule {
  readonly above: OperatorCode;
  readonly below: OperatorCode;
  /** What goes wrong otherwise, in a sentence. */
  readonly otherwise: string;
  readonly scene: Scene;
  /** All operators of the run, in the right order. */
  readonly operators: readonly OperatorCode[];
  /** What happens in the right order alone, and in the wrong one alone; with its time where that matters. */
  readonly right: readonly string[];
  readonly wrong: readonly string[];
}

export const ORDER_RULES: readonly OrderRule[] = [
  {
    above: 'onOpen(logIn)',
    below: 'heartbeat()',
    otherwise: 'Pings are sent before the login. Many servers refuse a client whose first message is not the login.',
    scene: { server: 'answers a login after 12 s', scripts: ['-o'], login: ['ok', 12_000], until: 20_000 },
    operators: ['onOpen(logIn)', 'heartbeat()', 'retryWithBackoff()'],
    right: [],
    wrong: ['5001 ping'],
  },
  {
    above: 'onOpen(logIn)',
    below: 'refreshOnUnauthorized(refresh)',
    otherwise:
      'A login that is refused late is refreshed for ever: to `refreshOnUnauthorized` the connection was open, and open for 5 s is a success.',
    scene: { server: 'refuses every login, after 6 s', scripts: ['-o'], login: [401, 6000], until: 20_000 },
    operators: ['onOpen(logIn)', 'refreshOnUnauthorized(refresh)', 'retryWithBackoff()'],
    right: ['ends with FatalCloseError'],
    wrong: ['18013 refresh'],
  },
  {
    above: 'onOpen(logIn)',
    below: 'retryWithBackoff()',
    otherwise:
      'The delays do not grow where a set-up fails late: to `retryWithBackoff` the connection was open, and open for 5 s is a success.',
    scene: { server: 'fails every login, after 6 s', scripts: ['-o'], login: ['no', 6000], until: 30_000 },
    operators: ['onOpen(logIn)', 'retryWithBackoff()'],
    right: ['reconnecting 3 in 4000 after SetupError'],
    wrong: ['20003 reconnecting 1 in 1000 after SetupError'],
  },
  {
    above: 'onOpen(logIn)',
    below: 'logLifecycle(logger)',
    otherwise: 'The log says that a connection is open which has not logged in yet.',
    scene: { server: 'answers a login after 50 ms', scripts: ['-o'], login: ['ok', 50], until: 200 },
    operators: ['onOpen(logIn)', 'retryWithBackoff()', 'logLifecycle(logger)'],
    right: ['51 log info: WebSocket open'],
    wrong: ['1 log info: WebSocket open'],
  },
  {
    above: 'refreshOnUnauthorized(refresh)',
    below: 'stopOnFatalClose()',
    otherwise: 'Nothing is refreshed: to `stopOnFatalClose`, unauthorized is the end.',
    scene: { server: 'refuses with 401 until the token is fresh', scripts: ['-uo'], until: 100 },
    operators: ['refreshOnUnauthorized(refresh)', 'stopOnFatalClose()', 'retryWithBackoff()'],
    right: ['refresh', 'open 2'],
    wrong: ['ends with FatalCloseError'],
  },
  {
    above: 'refreshOnUnauthorized(refresh)',
    below: 'retryWithBackoff()',
    otherwise: 'It loops on 401: `retryWithBackoff` retries with the old token, and the refusal does not come further.',
    scene: { server: 'refuses with 401 until the token is fresh', scripts: ['-uo'], until: 8000 },
    operators: ['refreshOnUnauthorized(refresh)', 'retryWithBackoff()'],
    right: ['refresh', 'open 2'],
    wrong: ['reconnecting 3 in 4000 after HandshakeError'],
  },
  {
    above: 'completeOnClose([4404])',
    below: 'stopOnFatalClose()',
    otherwise: 'A code that both know is an error: it has become a `FatalCloseError` before `completeOnClose` sees it.',
    scene: { server: 'closes with 4404', scripts: ['-o 20ms g'], until: 100 },
    operators: ['completeOnClose([4404])', 'stopOnFatalClose()', 'retryWithBackoff()'],
    right: ['completes'],
    wrong: ['ends with FatalCloseError'],
  },
  {
    above: 'retryWithBackoff()',
    below: 'logLifecycle(logger)',
    otherwise: 'Every end that is retried is logged as a failure at level `error`, and no retry is logged.',
    scene: { server: 'breaks the first connection', scripts: ['-o 20ms #', '-o'], until: 2000 },
    operators: ['retryWithBackoff()', 'logLifecycle(logger)'],
    right: ['log warn: WebSocket reconnecting'],
    wrong: ['log error: WebSocket failed'],
  },
  {
    above: 'heartbeat()',
    below: 'timeout(60_000)',
    otherwise:
      'A quiet connection ends every minute: the `heartbeat` events, which show that it lives, do not pass there.',
    scene: { server: 'has nothing to send', scripts: ['-o'], until: 90_000 },
    operators: ['heartbeat()', 'timeout(60_000)', 'retryWithBackoff()'],
    right: [],
    wrong: ['60001 reconnecting 1 in 1000 after TimeoutError'],
  },
  {
    above: 'timeout(5000)',
    below: 'retryWithBackoff()',
    otherwise: 'The first silence is the end: what RxJS’s `timeout` throws below the retry is not retried.',
    scene: { server: 'never answers the first handshake', scripts: ['-', '-o'], until: 8000 },
    operators: ['timeout(5000)', 'retryWithBackoff()'],
    right: ['open 2'],
    wrong: ['ends with TimeoutError'],
  },
  {
    above: 'retryWithBackoff()',
    below: 'concatMap(audit)',
    otherwise: 'What waits for something slow is lost when a connection ends: an error does not wait for it.',
    scene: { server: 'breaks the first connection', scripts: ['-o 20ms #', '-o'], until: 2000 },
    operators: ['retryWithBackoff()', 'concatMap(audit)'],
    right: ['audited close'],
    wrong: [],
  },
  {
    above: 'retryWithBackoff()',
    below: "filter(({ type }) => type !== 'connecting')",
    otherwise:
      'It is no lifecycle to `retryWithBackoff`, which knows one by its first event: there is no `reconnecting`, and any event makes the next failure the first.',
    scene: { server: 'breaks every connection', scripts: ['-o 20ms #'], until: 5000 },
    operators: ['retryWithBackoff()', "filter(({ type }) => type !== 'connecting')"],
    right: ['reconnecting 2 in 2000 after ConnectionClosedError'],
    wrong: [],
  },
];

/** The operators with these two exchanged. */
export const exchanged = ({ operators, above, below }: OrderRule): readonly OperatorCode[] =>
  operators.map((code) => (code === above ? below : code === below ? above : code));
