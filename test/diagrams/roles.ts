/** What a room is for: a caption in the diagram, and what the page says of it. */
export interface Role {
  readonly caption: string;
  readonly role: string;
}

/** Of each folder, and of each file beside the folders. */
export const ROLES: Readonly<Record<string, Role>> = {
  angular: { caption: 'Angular signals', role: 'A connection as Angular signals: `rxwire/angular`.' },
  cli: { caption: 'the command', role: 'The command `rxwire`.' },
  connection: {
    caption: 'lifecycle, messages',
    role: 'One connection object: attempts, outbox, state, counters, pause leases. It uses a transport through the port.',
  },
  index: { caption: 'the entry', role: '`observeWebSocket` on the native WebSocket, for everything but Node.' },
  'index.node': { caption: 'the entry in Node', role: '`observeWebSocket` on `ws`, with the same public names.' },
  logging: { caption: 'what is safe to show', role: 'What makes an event or a text safe to log.' },
  metrics: { caption: 'Prometheus', role: 'Counters and gauges of connections: `rxwire/metrics`.' },
  operators: {
    caption: 'one operator a file',
    role: 'The operators. A file that one operator alone needs lies beside it.',
  },
  otel: { caption: 'OpenTelemetry', role: 'Instruments and spans of connections: `rxwire/otel`.' },
  page: { caption: 'online, visible', role: 'What a web page knows of its network and its user.' },
  protocol: {
    caption: 'values and functions',
    role: 'What is known of WebSockets, without any state: events, errors, close codes, delays, codecs, checks of arguments.',
  },
  public: { caption: 'the list of names', role: 'The public names, listed; it has no code of its own.' },
  rx: {
    caption: 'undocumented RxJS',
    role: 'The one place that knows what RxJS does not document, and small tools that RxJS lacks.',
  },
  sessions: {
    caption: 'topics, requests, pools',
    role: 'What stands on any connection: `multiplex`, `requestResponse`, `connectionPool`.',
  },
  testing: { caption: 'scripted servers', role: 'A server that follows a script in virtual time: `rxwire/testing`.' },
  transport: {
    caption: 'the port, and sockets',
    role: 'The port, which says what a socket must do, and the transports: native, `ws`, WebSocketStream.',
  },
};
