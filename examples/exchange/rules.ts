/** So many messages in any window of so many milliseconds. */
export interface Limit {
  readonly messages: number;
  readonly per: number;
}

/** What an exchange documents: what it wants of its clients, and how it speaks. Times are shorter than in reality. */
export interface Rules {
  /** Messages into a connection, pings and pongs included. All limits hold. */
  readonly paces: readonly Limit[];
  readonly keysPerMessage: number;
  readonly keysPerConnection: number;
  /** Handshakes of an account. */
  readonly dials: Limit;
  /**
   * How a peer proves that it is alive: it answers ping frames, or pings that are messages, or sends `ping` itself. After
   * `within` milliseconds without that the connection is closed.
   */
  readonly life: { readonly by: 'ping frames' | 'ping messages' | 'own pings'; readonly within: number };
  /** Milliseconds after which every connection is cut. */
  readonly lifetime: number;
  /** Milliseconds before the cut at which it is announced; 0 for never. */
  readonly notice: number;
  /** Whether a frame is an array of messages. */
  readonly isBatched: boolean;
  /** How deltas are numbered: one by one, as ranges, or with the number before. */
  readonly numbers: 'single' | 'range' | 'previous';
  /** Whether messages carry an id that the server has assigned to the symbol, in place of the symbol. */
  readonly hasChannels: boolean;
  /** Whether each symbol is acknowledged, or the whole message. */
  readonly acknowledges: 'symbol' | 'message';
}

/** So many violations, and the account is banned for so many seconds. */
export const BAN = { violations: 3, seconds: 60 };

/** Symbols that clients ask for, and that are refused. */
export const DELISTED = ['GONE-1', 'GONE-2', 'GONE-3'];

/** Three exchanges, each like some that exist. */
export const SETTINGS = {
  'spot-like': {
    paces: [{ messages: 5, per: 1000 }],
    keysPerMessage: 20,
    keysPerConnection: 200,
    dials: { messages: 30, per: 5000 },
    life: { by: 'ping frames', within: 4000 },
    lifetime: 10_000,
    notice: 0,
    isBatched: false,
    numbers: 'range',
    hasChannels: false,
    acknowledges: 'message',
  },
  'swap-like': {
    paces: [
      { messages: 5, per: 1000 },
      { messages: 40, per: 15_000 },
    ],
    keysPerMessage: 20,
    keysPerConnection: 125,
    dials: { messages: 30, per: 5000 },
    life: { by: 'own pings', within: 4000 },
    lifetime: 11_000,
    notice: 6000,
    isBatched: false,
    numbers: 'previous',
    hasChannels: false,
    acknowledges: 'symbol',
  },
  'stock-like': {
    paces: [{ messages: 8, per: 1000 }],
    keysPerMessage: 20,
    keysPerConnection: 250,
    dials: { messages: 20, per: 5000 },
    life: { by: 'ping messages', within: 4000 },
    lifetime: 10_000,
    notice: 0,
    isBatched: true,
    numbers: 'single',
    hasChannels: true,
    acknowledges: 'symbol',
  },
} as const satisfies Record<string, Rules>;

export type Setting = keyof typeof SETTINGS;
