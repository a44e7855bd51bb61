import { computed, effect, untracked } from '@angular/core';
import type { Signal } from '@angular/core';
import {
  defer,
  dematerialize,
  distinctUntilChanged,
  materialize,
  NEVER,
  startWith,
  Subject,
  switchMap,
  throwError,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { json, observeWebSocket } from '../index.js';
import type { LifecycleEvent, Supervision, WebSocketConfig } from '../index.js';
import { isSame } from './is-same.js';

/** A URL, or a config. */
export type ConfigOrUrl<In, Out> = string | URL | WebSocketConfig<In, Out>;

/** What the function for the config returned, or why that cannot be used. */
type Outcome<In, Out> =
  { readonly config: WebSocketConfig<In, Out> | undefined } | { readonly error: unknown; readonly config?: undefined };

/** A config with the options that differ from the defaults. */
export function asConfig<In, Out>(config: ConfigOrUrl<In, Out>): WebSocketConfig<In, Out> {
  return typeof config === 'object' && !(config instanceof URL) ? config : { url: config };
}

/** The config that a function returns, which is read again when a signal that it read changes. */
export class CurrentConfig<In, Out> {
  /** Emits each other config, not an equal one. */
  readonly changes: Observable<unknown>;
  readonly #outcome: Signal<Outcome<In, Out>>;

  /** @param defaults options that a config leaves out */
  constructor(read: () => ConfigOrUrl<In, Out> | undefined, defaults: Partial<WebSocketConfig<In, Out>>) {
    this.#outcome = computed(() => outcomeOf(read, defaults), { equal: isSame });
    const changes = new Subject<unknown>();
    this.changes = changes.asObservable();
    effect(() => {
      const outcome = this.#outcome();
      untracked(() => changes.next(outcome));
    });
  }

  /** Whether there is no config, and so no connection. */
  isAbsent(): boolean {
    const outcome = this.#outcome();
    return !('error' in outcome) && outcome.config === undefined;
  }

  /** What the function returns now, if it returns anything: inputs may not be there yet. */
  get now(): WebSocketConfig<In, Out> | undefined {
    return untracked(this.#outcome).config;
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
        const { codec = json<In, Out>() } = this.now ?? {};
        return typeof codec === 'function' ? codec() : codec;
      },
    };
  }

  /** Applied last: another config begins the supervision anew, none ends the connection, a bad one fails. */
  readonly supervise: Supervision = (source: Observable<LifecycleEvent>) =>
    defer(() => this.changes.pipe(startWith(undefined))).pipe(
      distinctUntilChanged(),
      switchMap(() => {
        const outcome = untracked(this.#outcome);
        if ('error' in outcome) return throwError(() => outcome.error);
        // A lifecycle that completes ends the run, though another config may come.
        return outcome.config === undefined ? NEVER : source.pipe(materialize());
      }),
      dematerialize(),
    );
}

function outcomeOf<In, Out>(
  read: () => ConfigOrUrl<In, Out> | undefined,
  defaults: Partial<WebSocketConfig<In, Out>>,
): Outcome<In, Out> {
  try {
    const config = read();
    if (config === undefined) return { config };
    const complete = { ...defaults, ...asConfig(config) };
    observeWebSocket<In, Out>(complete); // throws for what cannot be used, and does nothing else
    return { config: complete };
  } catch (error) {
    return { error };
  }
}
