import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { ConnectionState, LifecycleEvent, OutboxOptions } from '../../../src/index.node.js';
import { mangle } from './mangles.js';
import type { Mangle } from './mangles.js';

/** What a user does. */
export const DEEDS = [
  ...['listen', 'read', 'unsubscribe', 'unsubscribeAll', 'resubscribe', 'reconnect', 'reconnectBeside'],
  ...['close', 'closeAndSubscribe', 'complete', 'linkClose', 'terminate', 'next', 'pause', 'release'],
] as const;

/** What users do who send and receive a lot. */
const BUSY = ['next', 'send'] as const;

export interface Deed {
  readonly do: (typeof DEEDS)[number] | (typeof BUSY)[number] | 'say';
  /** When: after so many milliseconds, or in a listener. */
  readonly at: number | Occasion;
}

/** Something that a listener receives, and the how manieth. */
export interface Occasion {
  readonly on: LifecycleEvent['type'] | ConnectionState['status'] | 'message' | 'end';
  readonly nth: number;
}

/** How a server treats one connection; milliseconds from the moment that it is asked for. */
export interface Treatment {
  /** When it answers the handshake; `undefined` for never. */
  readonly answers: number | undefined;
  readonly isRefusal: boolean;
  /** When it ends the connection; `undefined` for never. */
  readonly ends: number | undefined;
  /** By a Close frame, after which the socket is closed some milliseconds later, or without one. */
  readonly farewell: number | undefined;
}

/** How a connection is made, what its servers do, and what its users do. */
export interface Script {
  readonly retry: 'always' | 'once' | 'never';
  readonly url: 'now' | 'late' | 'never';
  readonly setUp: 'none' | 'now' | 'late' | 'never' | 'fails';
  readonly linger: number;
  readonly outbox: OutboxOptions;
  /** Whether servers answer a Close frame. */
  readonly answersClose: boolean;
  readonly mangles: readonly Mangle[];
  /** One for each connection, in order; those that come later are well. */
  readonly servers: readonly Treatment[];
  readonly deeds: readonly Deed[];
  /** How everything ends. */
  readonly last: 'close' | 'unsubscribeAll';
}

const soon = fc.constantFrom(0, 1, 2, 5, 10, 11, 12, 20, 30, 45, 60, 90);
const occasion: Arbitrary<Occasion> = fc.record({
  on: fc.constantFrom(
    ...(['connecting', 'open', 'error', 'close', 'reconnecting', 'dropped'] as const),
    ...(['idle', 'closing', 'closed', 'failed', 'message', 'end'] as const),
  ),
  nth: fc.constantFrom(1, 1, 1, 2, 3),
});

function deeds(dos: readonly Deed['do'][], maxLength: number): Arbitrary<Deed[]> {
  return fc.array(fc.record({ do: fc.constantFrom(...dos), at: fc.oneof(soon, occasion) }), { maxLength, size: 'max' });
}

/** Whatever can happen to a connection whose supervision does what it likes with events. */
export const script: Arbitrary<Script> = fc.record({
  retry: fc.constantFrom('always', 'always', 'once', 'never'),
  url: fc.constantFrom('now', 'now', 'now', 'late', 'never'),
  setUp: fc.constantFrom('none', 'none', 'now', 'late', 'never', 'fails'),
  linger: fc.constantFrom(0, 0, 25),
  outbox: fc.constant({}),
  answersClose: fc.boolean(),
  mangles: fc.array(mangle, { minLength: 0, maxLength: 3 }),
  servers: fc.array(
    fc.record({
      answers: fc.constantFrom(0, 0, 3, 20, undefined),
      isRefusal: fc.constantFrom(false, false, false, true),
      ends: fc.constantFrom(undefined, undefined, 0, 4, 30),
      farewell: fc.constantFrom(undefined, 0, 0, 7),
    }),
    { maxLength: 4 },
  ),
  deeds: deeds([...DEEDS, 'resubscribe', 'terminate'], 8),
  last: fc.constantFrom('close', 'unsubscribeAll'),
});

/** The same, with messages in both directions that may be too many. */
export const busyScript: Arbitrary<Script> = fc
  .record({
    script,
    outbox: fc.record({
      capacity: fc.constantFrom(0, 1, 2, 1000),
      maxBytes: fc.constantFrom(3, 12, 25, 1000),
      overflow: fc.constantFrom('dropOldest', 'dropNewest', 'error'),
    }),
    more: deeds(BUSY, 15),
    // Not in a listener: no transport delivers a message while it delivers another one.
    said: fc.array(soon, { maxLength: 8, size: 'max' }),
  })
  .map(({ script, outbox, more, said }) => {
    const saying = said.map((at) => ({ do: 'say', at }) as const);
    return { ...script, outbox, deeds: [...script.deeds, ...more, ...saying] };
  });
