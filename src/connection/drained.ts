import { filter, firstValueFrom, merge, NEVER, switchMap, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { expectNumber } from '../protocol/arguments.js';
import { WebSocketError } from '../protocol/errors.js';

/** How often an open transport is asked how much it still holds, in milliseconds: it does not report when that changes. */
const PERIOD = 10;

/** What there is to wait for. */
export interface Drainable {
  readonly config: { readonly scheduler: SchedulerLike };
  readonly outgoing: { readonly link: unknown };
  readonly state: Observable<{ readonly status: string }>;
  readonly stats: { readonly queued: number; readonly bufferedAmount: number };
  /** `end` errors when the run is over. */
  readonly run: { readonly end: Observable<never> } | undefined;
}

/** Resolves when nothing is queued and no more than `below` bytes are buffered on an open connection. */
export async function drained(connection: Drainable, below: number): Promise<void> {
  expectNumber('below', below);
  const { config, outgoing, run, state, stats } = connection;
  if (!run) throw new WebSocketError('Nothing is sent: without a subscriber there is no connection.');
  const isDrained = () => outgoing.link !== undefined && stats.queued === 0 && stats.bufferedAmount <= below;
  if (isDrained()) return;
  const asking = state.pipe(
    switchMap(({ status }) => (status === 'open' ? timer(PERIOD, PERIOD, config.scheduler) : NEVER)),
  );
  await firstValueFrom(merge(run.end, asking).pipe(filter(isDrained)));
}
