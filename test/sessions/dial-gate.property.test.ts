import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atMost } from '../../src/index.node.js';
import { DialGate } from '../../src/sessions/dial-gate.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';

/** How many scripts are played. */
const RUNS = Number(process.env.DIALS_RUNS ?? 1000);

/** An attempt: how long its address takes, whether it has one, and when nobody wants it any more. */
const attempt = fc.record({ takes: fc.nat(30), fails: fc.boolean(), leftAfter: fc.option(fc.nat(60)) });
interface Attempt {
  takes: number;
  fails: boolean;
  leftAfter: number | null;
}

const step = fc.record({
  wait: fc.oneof(fc.constant(0), fc.nat(20)),
  /** How much later timers are from then on. */
  oversleeps: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(15)),
  /** Attempts that begin within a turn, at once; `undefined` for a retry, which needs no turn. */
  inTurn: fc.option(fc.array(attempt, { maxLength: 2 }), { nil: undefined }),
  attempt,
});

it('however attempts wait, take their time, fail and are given up, no window has more dials, and all are made that can be', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 3 }), (steps, messages) => {
      const clock = new CountingScheduler();
      const gate = new DialGate(atMost(messages, 10), clock);
      const dials: number[] = [];
      let begun = 0;
      let isOver = 0;
      let wanted = 0;

      const make = ({ takes, fails, leftAfter }: Attempt) => {
        wanted++;
        let hasBegun = false;
        let isLeft = false;
        const giveUp = gate.dial((dialing) => {
          begun++;
          hasBegun = true;
          clock.schedule(() => {
            if (isLeft) return;
            if (fails) return end();
            dialing();
            dials.push(clock.now());
          }, takes);
        });
        const end = () => {
          if (!hasBegun && !isLeft) isOver++;
          isLeft = true;
          giveUp();
        };
        if (leftAfter !== null) clock.schedule(end, leftAfter);
      };

      for (const { wait, oversleeps, inTurn, attempt } of steps) {
        clock.advance(wait);
        clock.oversleep(oversleeps);
        if (inTurn) gate.turn(() => inTurn.forEach(make));
        else make(attempt);
      }
      clock.advance(5000);

      const tooEarly = dials.filter((time, index) => time - (dials[index - messages] ?? -Infinity) < 11);
      expect({ tooEarly, pending: clock.pending, waiting: wanted - begun - isOver }).toEqual({
        ...{ tooEarly: [], pending: 0, waiting: 0 },
      });
    }),
    { numRuns: RUNS },
  );
});
