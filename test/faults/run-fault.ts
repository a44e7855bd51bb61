import { filter, firstValueFrom, interval, map, race, timer } from 'rxjs';
import type { Client, Pace, Session } from './clients/client.js';
import type { Fault } from './fault.js';
import { Trace } from './trace.js';

/** The result of a fault for a client. */
export interface FaultRun<S extends Session> {
  readonly session: S;
  readonly trace: Trace;
  /** The number of messages that the user sent: 1, 2, 3, … */
  readonly sent: number;
  /** The messages that the server got, by attempt. */
  readonly got: ReadonlyMap<number, readonly number[]>;
  /** The attempts before the end of the fault. */
  readonly attemptsBefore: number;
  readonly attempts: number;
  /** The connections that were lost before the fault. */
  readonly lostBefore: number;
  /** Whether the client stopped before we closed it. */
  readonly hasStopped: boolean;
  /** Milliseconds from the fault to the end of the connection; `undefined` if it did not end. */
  readonly noticedAfter: number | undefined;
  /** Milliseconds from the end of the fault to the next message; `undefined` if none arrived. */
  readonly recoveredAfter: number | undefined;
  /** Stops the server and its network. */
  readonly stop: () => Promise<unknown>;
}

/** Waits until a condition is true, or the time is over. @returns whether it is true */
const becomesTrue = (fact: () => boolean, within: number): Promise<boolean> =>
  firstValueFrom(
    race(
      timer(0, 5).pipe(
        filter(fact),
        map(() => true),
      ),
      timer(within).pipe(map(() => false)),
    ),
  );

/** Causes a fault for a client that sends and receives all the time. */
export async function runFault<S extends Session>(fault: Fault, client: Client<S>, pace: Pace): Promise<FaultRun<S>> {
  const { expected, isQuiet = false } = fault;
  const scene = await fault.start();
  const trace = new Trace();
  let attempts = 0;
  const nextUrl = () => `${scene.url()}/?attempt=${++attempts}`;
  const session = client({ nextUrl, ca: scene.ca, isQuiet, pace }, trace);
  let sent = 0;
  const sending = interval(10).subscribe(() => {
    if (!isQuiet) session.send(++sent);
  });
  if (!(await becomesTrue(() => trace.messages.length > 3, pace.patience)))
    throw new Error(`${fault.name}: never connected`);

  const [attempt, received, lost] = [trace.attempt, trace.messages.length, trace.losses.length];
  const inflictedAt = performance.now();
  await scene.inflict();
  const expectedLosses = expected.meanwhile ? 2 : 1;
  const hasHappened = () =>
    trace.isOver ||
    (expected.first ? trace.losses.length >= lost + expectedLosses : false) ||
    ((expected.perhaps ?? !expected.first) && trace.messages.length > received + 100);
  const until = scene.heal && pace.lasts;
  await becomesTrue(until === undefined ? hasHappened : () => performance.now() > inflictedAt + until, pace.patience);

  await scene.heal?.();
  const attemptsBefore = attempts;
  const overAt = scene.heal ? performance.now() : inflictedAt;
  const back = () =>
    trace.messages.find(({ at, attempt: of }) => at > overAt && (of > attempt || trace.losses.length === lost));
  await becomesTrue(() => trace.isOver || back() !== undefined, pace.patience);

  sending.unsubscribe();
  const { isOver: hasStopped } = trace;
  await becomesTrue(() => hasStopped || isQuiet || [...scene.got.values()].at(-1)?.at(-1) === sent, pace.patience);
  const noticedAfter = since(inflictedAt, trace.losses[lost]?.at);
  const recoveredAfter = since(overAt, back()?.at);
  await session.close();
  const { got } = scene;
  const stop = () => scene.stop();
  return {
    session,
    trace,
    sent,
    got,
    attemptsBefore,
    attempts,
    lostBefore: lost,
    hasStopped,
    noticedAfter,
    recoveredAfter,
    stop,
  };
}

const since = (start: number, end: number | undefined) => (end === undefined ? undefined : Math.max(0, end - start));
