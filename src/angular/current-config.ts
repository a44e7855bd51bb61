import { computed, effect, untracked } from '@angular/core';
import type { Signal } from '@angular/core';
import { defer, NEVER, Subject, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectConfig } from '../connection/config.js';
import { json } from '../index.js';
import type { LifecycleEvent, Supervision, Transport, WebSocketConfig, WebSocketConnection } from '../index.js';
import { withoutUndefined } from '../protocol/options.js';
import { insideOf } from '../protocol/session-port.js';
import { isSame } from './is-same.js';

/** A URL, or a config. */
export type ConfigOrUrl<In, Out> = string | URL | WebSocketConfig<In, Out>;

/** Options that a config leaves out. */
type Defaults<In, Out> = Partial<WebSocketConfig<In, Out>> & { readonly transport: Transport };

/** What the function for the config returned, or why that cannot be used. */
type Outcome<In, Out> =
  { readonly config: WebSocketConfig<In, Out> | undefined } | { readonly error: unknown; readonly config?: undefined };

/** A config with the options that differ from the defaults. */
export function asConfig<In, Out>(config: ConfigOrUrl<In, Out>): WebSocketConfig<In, Out> {
  return typeof config === 'object' && !(config instanceof URL) ? config : { url: config };
}

/**
 * The config that a function returns, which is read again when a signal that it read changes. Another one is applied by
 * an effect, or earlier where something is sent: it is not for the connection of the config before.
 */
export class CurrentConfig<In, Out> {
  /** Emits where another config is applied, not an equal one: the connection of the one before has ended by then. */
  readonly changes: Observable<void>;
  readonly #changes = new Subject<void>();
  readonly #defaults: Defaults<In, Out>;
  /** What the function returns now. */
  readonly #outcome: Signal<Outcome<In, Out>>;
  #applied: Outcome<In, Out>;
  #isApplying = false;
  /** It was applied while a `close()` is under way: until that has ended, what arrives is of the config before. */
  isEarly = false;
  /** Whether there was a config: then what is sent without one is not kept for the next. */
  #hadConfig = false;
  #connection!: WebSocketConnection<In, Out>;

  /** @param defaults options that a config leaves out */
  constructor(read: () => ConfigOrUrl<In, Out> | undefined, defaults: Defaults<In, Out>) {
    this.#defaults = defaults;
    this.#outcome = computed(() => outcomeOf(read, defaults), { equal: isSame });
    this.#applied = untracked(this.#outcome);
    this.changes = this.#changes.asObservable();
  }

  /** Whether there is no config, and so no connection. */
  isAbsent(): boolean {
    const outcome = this.#outcome();
    return !('error' in outcome) && outcome.config === undefined;
  }

  /** The config that is applied, if the function has returned one: inputs may not be there yet. */
  get now(): WebSocketConfig<In, Out> | undefined {
    return this.#applied.config;
  }

  /** What is asked for at each attempt. */
  partsFor({ canSetHeaders }: { readonly canSetHeaders?: boolean }): WebSocketConfig<In, Out> {
    const part = (name: 'url' | 'protocols' | 'headers', none: unknown) =>
      ((context: unknown): unknown => {
        const value: unknown = this.now?.[name] ?? none;
        return typeof value === 'function' ? (value as (context: unknown) => unknown)(context) : value;
      }) as () => never;
    return {
      url: part('url', ''),
      protocols: part('protocols', []),
      ...(canSetHeaders && { headers: part('headers', {}) }),
      codec: () => {
        const { codec = json<In, Out>() } = this.now ?? this.#defaults;
        return typeof codec === 'function' ? codec() : codec;
      },
    };
  }

  /** Applied last: no config has no connection, a bad one fails. */
  readonly supervise: Supervision = (source: Observable<LifecycleEvent>) =>
    defer(() => {
      if (!this.#connection.link) untracked(() => this.#take()); // else a handover: the open one is of the config before
      const outcome = this.#applied;
      if ('error' in outcome) return throwError(() => outcome.error);
      return outcome.config === undefined ? NEVER : source;
    });

  /** From now on each other config begins the supervision anew, and what is sent without one is dropped. */
  follow(connection: WebSocketConnection<In, Out>): void {
    this.#connection = connection;
    const { outgoing } = this.#inside;
    const send = outgoing.send.bind(outgoing);
    // In place of a hook, for which all connections would pay.
    outgoing.send = (value, receipt) => {
      if (untracked(() => this.#isRefused())) {
        outgoing.dropped.report(1, 'closed', undefined, receipt && [receipt]);
        return undefined;
      }
      const message = send(value, receipt);
      if (message) untracked(() => this.#dropWhereLoggedOut()); // its codec may have ended everything
      return message;
    };
    effect(() => {
      this.#outcome();
      untracked(() => this.#apply());
    });
  }

  get #inside() {
    return insideOf<In, Out>(this.#connection)!;
  }

  /** Whether a message is for nobody. */
  #isRefused(): boolean {
    this.#apply();
    return this.#isLoggedOut;
  }

  /** Begins the supervision anew where there is another config. */
  #apply(): void {
    const before = this.#applied;
    this.#hadConfig ||= before.config !== undefined;
    if (this.#isApplying || this.#outcome() === before) return;
    this.#isApplying = true;
    this.#dropWhereLoggedOut();
    this.#connection.reconnect();
    this.#inside.turns.run(() => {
      this.#isApplying = false;
      if (this.#applied === before)
        this.#take(); // no run has done so
      else this.#apply();
    });
  }

  /** The connection of the config before has ended, or is about to. */
  #take(): void {
    const { health, outgoing, turns } = this.#inside;
    const outcome = this.#outcome();
    if (this.#applied === outcome && !this.isEarly) return;
    this.#hadConfig ||= (this.#applied.config ?? outcome.config) !== undefined;
    this.#applied = outcome;
    this.isEarly = this.#isClosing;
    outgoing.encoding.use(undefined);
    health.error = undefined;
    this.#dropWhereLoggedOut();
    this.#changes.next();
    turns.run(() => {
      if (this.isAbsent() && !this.#isClosing) this.#inside.change({ type: 'idle' });
    });
  }

  /** There was a config, and there is none now. */
  get #isLoggedOut(): boolean {
    return this.#hadConfig && this.isAbsent();
  }

  get #isClosing(): boolean {
    return this.#connection.state.value.status === 'closing';
  }

  /** What waits was for a config that is gone: after another login somebody else would send it. */
  #dropWhereLoggedOut(): void {
    if (this.#isLoggedOut) this.#inside.outgoing.finish(undefined, 0, () => undefined);
  }
}

function outcomeOf<In, Out>(
  read: () => ConfigOrUrl<In, Out> | undefined,
  defaults: Defaults<In, Out>,
): Outcome<In, Out> {
  try {
    const config = read();
    if (config === undefined) return { config };
    const complete = { ...defaults, ...withoutUndefined((asConfig(config) as typeof defaults | null) ?? {}) };
    expectConfig(complete as WebSocketConfig<In, Out>, defaults.transport);
    return { config: complete as WebSocketConfig<In, Out> };
  } catch (error) {
    return { error };
  }
}
