import { asyncScheduler } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { expectFunction, expectNumber, expectScheduler, refuse } from '../protocol/arguments.js';
import { plainJson } from '../protocol/codec.js';
import type { Codec } from '../protocol/codec.js';
import type { Resolved } from '../protocol/options.js';
import type { Several } from '../protocol/several.js';
import { limitsOf, NO_OUTBOX_OPTIONS } from './outbox.js';
import type { OutboxOptions } from './outbox.js';
import type { Pace } from './pace.js';
import { expectParts, isUrl } from './request.js';
import type { PerAttempt } from './request.js';
import type { Transport } from '../transport/transport.js';

/** What a connection is made of; only `url` is needed. */
export interface WebSocketConfig<In = unknown, Out = In> {
  /**
   * Where to connect. A function is asked again for every attempt: a fresh token, the next host. In a page and in a worker
   * it may be relative: `/ws`.
   */
  url: PerAttempt<string | URL>;
  /** Subprotocols to offer, the preferred one first. @default none */
  protocols?: PerAttempt<string | string[]> | undefined;
  /** Headers of the handshake request. Node, Bun and Deno: elsewhere none can be set, and a TypeError says so. @default none */
  headers?: PerAttempt<Record<string, string>> | undefined;
  /**
   * How messages become frames and frames become messages. A function makes a codec for each connection: for packets that
   * do not keep to frames. @default json()
   */
  codec?:
    | Codec<In | Several<In> | PromiseLike<In | Several<In>>, Out>
    | (() => Codec<In | Several<In> | PromiseLike<In | Several<In>>, Out>)
    | undefined;
  /** What waits while there is no connection. */
  outbox?: OutboxOptions | undefined;
  /**
   * How many messages may be sent in what time on each connection; several all hold. What is over waits, as what waits for
   * the network does. Made by `atMost`. @default none
   */
  pace?: Pace | readonly Pace[] | undefined;
  /** Milliseconds that an attempt may take, from `connecting` on, factories included. @default 10_000 */
  connectTimeout?: number | undefined;
  /** Milliseconds that the close handshake may take; then the socket is terminated. @default 2_000 */
  closeTimeout?: number | undefined;
  /** Milliseconds that the connection outlives its last subscriber. @default 0 */
  linger?: number | undefined;
  /** What makes the sockets. @default the platform's: `ws` in Node, the native WebSocket elsewhere */
  transport?: Transport | undefined;
  /** What all times are measured by. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** A checked config with its defaults filled in. */
export type ResolvedConfig<In, Out> = Resolved<Omit<WebSocketConfig<In, Out>, 'codec' | 'pace'>> & {
  readonly codec: Codec<In | Promise<In>, Out> | (() => Codec<In | Promise<In>, Out>);
  readonly pace: readonly Pace[];
};

/** One of each for all: every connection would hold its own. */
const NONE = Object.freeze([]) as unknown as string[];
const NO_PACE: readonly Pace[] = NONE as never;
const NOTHING = Object.freeze({});

/** @throws TypeError where something is no codec */
export function expectCodec(codec: { readonly encode?: unknown; readonly decode?: unknown } | undefined): void {
  expectFunction('codec.encode', codec?.encode);
  expectFunction('codec.decode', codec?.decode);
}

/** Checks a config and fills in its defaults. @throws TypeError or RangeError that names what is wrong */
export function resolveConfig<In, Out>(
  config: string | URL | WebSocketConfig<In, Out>,
  platformTransport: Transport,
): ResolvedConfig<In, Out> {
  const {
    url,
    protocols = NONE,
    headers = NOTHING,
    codec = plainJson as Codec<In, Out>,
    outbox = NO_OUTBOX_OPTIONS,
    pace = NO_PACE,
    connectTimeout = 10_000,
    closeTimeout = 2_000,
    linger = 0,
    transport = platformTransport,
    scheduler = asyncScheduler,
  } = isUrl(config) ? { url: config } : ((config as typeof config | null) ?? ({} as WebSocketConfig<In, Out>));

  expectParts({ url, protocols, headers });
  if (typeof codec !== 'function') expectCodec(codec);
  expectNumber('connectTimeout', connectTimeout, 1);
  expectNumber('closeTimeout', closeTimeout);
  expectNumber('linger', linger);
  expectFunction('transport.open', transport?.open);
  expectScheduler(scheduler);
  if (!transport.canSetHeaders && (typeof headers === 'function' || Object.keys(headers)[0])) {
    refuse('headers', 'left out: this transport cannot set any', headers);
  }
  const paces = pace === NO_PACE ? NO_PACE : [pace].flat();
  for (const each of paces) expectFunction('pace.meter', (each as Pace | undefined)?.meter);
  // No spread: V8 would give each connection a shape of its own, of half a kilobyte.
  return {
    url,
    protocols,
    headers,
    codec: codec as ResolvedConfig<In, Out>['codec'],
    outbox,
    pace: paces,
    connectTimeout,
    closeTimeout,
    linger,
    transport,
    scheduler,
  };
}

/** Checks a config as a connection does that is made with it. @throws TypeError or RangeError that names what is wrong */
export function expectConfig<In, Out>(config: WebSocketConfig<In, Out>, platformTransport: Transport): void {
  limitsOf(resolveConfig(config, platformTransport).outbox);
}
