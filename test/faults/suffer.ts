import { filter, firstValueFrom, interval, map, race, timer } from 'rxjs';
import type { Client, Pace, Session } from './clients/client.js';
import type { Fault } from './fault.js';
import { Story } from './story.js';

/** What became of a client that a fault happened to. */
export interface Suffering<S extends Session> {
  readonly session: S;
  readonly story: Story;
  /** How many messages the user sent: 1, 2, 3, … */
  readonly sent: number;
  /** What the server got on the connection of each attempt. */
  readonly got: ReadonlyMap<number, readonly number[]>;
  /** How many attempts were made before the fault was over. */
  readonly attemptsBefore: number;
  readonly attempts: number;
  /** How many connections had been lost before. */
  readonly lostBefore: number;
  /** Nothing followed, before we closed. */
  readonly hasStopped: boolean;
  /** Milliseconds from the fault to the end of the connection; `undefined`: it lived on. */
  readonly noticedAfter: number | undefined;
  /** Milliseconds from the end of the fault to the next message; `undefined`: none came. */
  readonly recoveredAfter: number | undefined;
  /** Ends the server, and the way to it. */
  readonly stop: () => Promise<unknown>;
}

/** Whether something comes true in time. */
const comesTrue = (fact: () => boolean, within: number): Promise<boolean> =>
  firstValueFrom(
    race(
      timer(0, 5).pipe(
        filter(fact),
        map(() => true),
      ),
      timer(within).pipe(map(() => false)),
    ),
  );

/** Lets a fault happen to a client that talks and listens all the time. */
export async function suffer<S extends Session>(fault: Fault, client: Client<S>, pace: Pace): Promise<Suffering<S>> {
  const { expected, isQuiet = false } = fault;
  const scene = await fault.start();
  const story = new Story();
  let attempts = 0;
  const nextUrl = () => `${scene.url()}/?attempt=${++attempts}`;
  const session = client({ nextUrl, ca: scene.ca, isQuiet, pace }, story);
  let sent = 0;
  const talking = interval(10).subscribe(() => {
    if (!isQuiet) session.send(++sent);
  });
  if (!(await comesTrue(() => story.messages.length > 3, pace.patience)))
    throw new Error(`${fault.name}: never connected`);

  const [attempt, received, lost] = [story.attempt, story.messages.length, story.losses.length];
  const inflictedAt = performance.now();
  await scene.inflict();
  const strikes = expected.meanwhile ? 2 : 1;
  const hasStruck = () =>
    story.isOver ||
    (expected.first ? story.losses.length >= lost + strikes : false) ||
    ((expected.perhaps ?? !expected.first) && story.messages.length > received + 100);
  const until = scene.heal && pace.lasts;
  await comesTrue(until === undefined ? hasStruck : () => performance.now() > inflictedAt + until, pace.patience);

  await scene.heal?.();
  const attemptsBefore = attempts;
  const overAt = scene.heal ? performance.now() : inflictedAt;
  const back = () =>
    story.messages.find(({ at, attempt: of }) => at > overAt && (of > attempt || story.losses.length === lost));
  await comesTrue(() => story.isOver || back() !== undefined, pace.patience);

  talking.unsubscribe();
  const { isOver: hasStopped } = story;
  await comesTrue(() => hasStopped || isQuiet || [...scene.got.values()].at(-1)?.at(-1) === sent, pace.patience);
  const noticedAfter = since(inflictedAt, story.losses[lost]?.at);
  const recoveredAfter = since(overAt, back()?.at);
  await session.close();
  const { got } = scene;
  const stop = () => scene.stop();
  return {
    session,
    story,
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
