import {
  concatMap,
  defer,
  exhaustMap,
  filter,
  first,
  from,
  ignoreElements,
  interval,
  map,
  merge,
  repeat,
  share,
  Subject,
  take,
  tap,
} from 'rxjs';
import type { Observable } from 'rxjs';
import type { FeedReport, FeedSettings } from './feed.js';
import type { IngesterReport, IngesterSettings } from './ingester.js';
import { historyLog } from './history-log.js';
import { JetStreamLedger } from './jet-stream.js';
import { run } from './program.js';
import { Records } from './records.js';
import type { Settings } from './settings.js';
import { seededRandom, planStrikes } from './strikes.js';
import type { Program } from './strikes.js';
import { Tally } from './tally.js';

/**
 * Runs a feed, two ingesters and a reader, kills them as planned, and logs the progress. Emits the records when all
 * messages of the feed are in the stream, and both ingesters know that.
 */
export async function drill(
  settings: Settings,
  natsPort: number,
  log: (line: string) => void,
): Promise<Observable<Records>> {
  const { messages, isGuarded } = settings;
  const topics = Array.from({ length: settings.topics }, (_, index) => `topic-${index + 1}`);
  const since = Date.now();
  const ledger = await JetStreamLedger.open(natsPort);
  const tally = new Tally();
  const record = historyLog('stream');
  const records = new Records(tally);
  const kills = new Subject<Program>();
  let port = 0;

  const keepRunning = <Report>(program: Program, file: string, given: () => object): Observable<Report> => {
    const killed = kills.pipe(
      filter((victim) => victim === program),
      map(() => 'SIGKILL' as const),
    );
    return defer(() => run<Report>(file, given(), killed, (how) => records.recordExit(program, how))).pipe(repeat());
  };
  const feed = keepRunning<FeedReport>('feed', 'feed', (): FeedSettings => ({ ...settings, topics, since, port }));
  const ingester = (program: Program) =>
    keepRunning<IngesterReport>(program, 'ingester', (): IngesterSettings => ({
      feed: `ws://127.0.0.1:${port}`,
      natsPort,
      topics,
      isGuarded,
    })).pipe(tap((report) => records.take(program, report)));
  const ingesters = feed.pipe(
    tap((report) => (port = report.port)), // a restarted feed keeps its port
    exhaustMap(() => merge(ingester('ingester 1'), ingester('ingester 2'))),
  );

  const reading = ledger.trades.pipe(
    tap((trade) => {
      tally.take(trade);
      record('stored', trade);
    }),
    share(),
  );
  const strikes = from(planStrikes(settings.rounds, seededRandom(settings.seed))).pipe(
    concatMap(({ at, victims }) =>
      reading.pipe(
        first(() => tally.progress >= at * messages),
        map(() => victims),
      ),
    ),
    tap((victims) => {
      log(`        SIGKILL: ${victims.join(', ')}`);
      victims.forEach((victim) => kills.next(victim));
    }),
  );
  const end = ingesters.pipe(
    filter(() => [...records.reports.values()].filter(({ acknowledged }) => acknowledged === messages).length === 2),
    concatMap(() => ledger.size()),
    filter((size) => size === tally.messages),
    map(() => records),
  );
  const lines = interval(1000).pipe(tap(() => log(records.line)));

  return merge(merge(reading, strikes, lines).pipe(ignoreElements()), end).pipe(take(1));
}
