import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { ConnectionState, LifecycleEvent } from '../../../src/index.node.js';
import { MOODS } from './moods.js';
import type { Mood, Moods } from './moods.js';

/** What a user does, from anywhere. */
export type UserStep =
  | {
      readonly do:
        'next' | 'nextUnserializable' | 'complete' | 'pause' | 'linkSend' | 'linkClose' | 'linkTerminate' | 'startOver';
    }
  | { readonly do: 'listen' | 'read' | 'watch'; readonly reaction?: Reaction }
  | { readonly do: 'leave' | 'release'; readonly which: number }
  | { readonly do: 'close' | 'error'; readonly code: number };

/** What a user does, once, on being told something. */
export interface Reaction {
  readonly on: LifecycleEvent['type'] | ConnectionState['status'] | 'message' | 'completion' | 'failure';
  readonly then: UserStep;
}

/** What happens to a connection. */
export type Step =
  | UserStep
  | { readonly do: 'accept' | 'message' | 'gibberish' | 'break' | 'chatter' }
  | { readonly do: 'refuse'; readonly status: number }
  | { readonly do: 'bye'; readonly code: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'mood'; readonly of: keyof Moods; readonly is: Mood };

/** How a connection is made. */
export interface Setup {
  readonly heartbeat?: 'frame' | 'none' | 'message';
  readonly refresh: boolean;
  readonly stop: boolean;
  readonly retry: boolean;
  readonly onOpen: boolean;
  /** Whether the last of the supervision connects again after a completion. */
  readonly repeat: boolean;
  readonly linger: number;
  readonly outbox: { capacity: number; overflow: 'dropOldest' | 'dropNewest' | 'error'; maxAge: number };
  readonly canPause: boolean;
  readonly canPing: boolean;
}

/** A setup, and what happens. */
export interface Script {
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

const which = fc.nat(3);
/** May be sent, and may not. */
const ownCode = fc.constantFrom(1000, 3000, 4999, 1006, 2999);

const reactionTypes = [
  ...['connecting', 'open', 'heartbeat', 'rejected', 'dropped', 'error', 'close', 'reconnecting'],
  ...['idle', 'closing', 'closed', 'failed', 'message', 'completion', 'failure'],
] as Reaction['on'][];

/** In reactions, subscribers have none of their own beyond the third level. */
function userStep(depth = 0): Arbitrary<UserStep> {
  const reaction = depth < 2 ? fc.option(fc.record({ on: fc.constantFrom(...reactionTypes), then: fc.memo(() => userStep(depth + 1))() }), { nil: undefined }) : fc.constant(undefined); // prettier-ignore
  const joining = fc.record({ do: fc.constantFrom('listen', 'read', 'watch'), reaction }).map(withoutUndefined);
  return fc.oneof(
    { weight: 6, arbitrary: joining as Arbitrary<UserStep> },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('leave' as const), which }) },
    { weight: 6, arbitrary: fc.constant({ do: 'next' } as const) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'nextUnserializable',
          'complete',
          'pause',
          'linkSend',
          'linkClose',
          'linkTerminate',
          'startOver',
        ),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), which }) },
    { weight: 2, arbitrary: fc.constantFrom({ do: 'pause' } as const, { do: 'linkTerminate' } as const) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('close', 'error'), code: ownCode }),
    },
  );
}

const status = fc.constantFrom(401, 403, 404, 407, 429, 500, 503);
const code = fc.constantFrom(1000, 1001, 1005, 1008, 1011, 1012, 1013, 3000, 3003, 4000, 4401, 4404, 4429);
const ms = fc.constantFrom(1, 1, 5, 5, 40, 200, 3000, 12_000, 40_000);
const mood = fc
  .record({
    do: fc.constant('mood' as const),
    of: fc.constantFrom<keyof Moods>('handshake', 'goodbye', 'pong', 'url', 'setUp', 'refresh'),
    is: fc.constantFrom(...MOODS),
  })
  // These have all the time they take: `timeout` is the user's business.
  .filter((step) => step.is !== 'never' || (step.of !== 'setUp' && step.of !== 'refresh'));

const step: Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: userStep() },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('pass' as const), ms }) },
  { weight: 2, arbitrary: fc.constant({ do: 'accept' } as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'message' } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('gibberish', 'break', 'chatter') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), status }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('bye' as const), code }) },
  { weight: 3, arbitrary: mood },
);

const setup: Arbitrary<Setup> = fc
  .record({
    heartbeat: fc.constantFrom('frame', 'none', 'message', undefined),
    refresh: fc.boolean(),
    stop: fc.boolean(),
    retry: fc.boolean(),
    onOpen: fc.boolean(),
    repeat: fc.boolean(),
    linger: fc.constantFrom(0, 0, 50),
    outbox: fc.record({
      capacity: fc.constantFrom(0, 1, 2, 1000),
      overflow: fc.constantFrom('dropOldest', 'dropNewest', 'error'),
      maxAge: fc.constantFrom(Infinity, 3, 100),
    }),
    canPause: fc.boolean(),
    canPing: fc.boolean(),
  })
  .map(withoutUndefined) as Arbitrary<Setup>;

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

/** Whatever can happen to whatever connection. */
export const script: Arbitrary<Script> = fc.record({
  setup,
  steps: fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
});
