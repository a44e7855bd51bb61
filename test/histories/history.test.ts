import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory, inTime } from '../helpers/history/check-history.js';
import { drawTimeline } from '../helpers/history/draw-timeline.js';
import { HistoryChecker } from '../helpers/history/history-checker.js';
import type { Rules } from '../helpers/history/history-checker.js';
import { STAGES } from '../helpers/history/history.js';
import type { Stage, Step } from '../helpers/history/history.js';

/** What is found in a history. */
const findingsOf = (steps: readonly Step[], rules?: Rules) =>
  checkHistory(steps, rules).found.map(({ finding }) => finding);

/** A history without a fault: each message passes each stage, a millisecond after the one before. */
const clean = (count = 5, keys = ['A']): Step[] =>
  STAGES.flatMap((stage, index) =>
    keys.flatMap((key) =>
      Array.from({ length: count }, (_, n): Step => ({ stage, key, n: n + 1, place: 'p', at: 10 * n + index })),
    ),
  );

const is =
  (stage: Stage, n: number, key = 'A') =>
  (step: Step) =>
    step.stage === stage && step.n === n && step.key === key;

const without = (steps: readonly Step[], ...stages: Stage[]) =>
  steps.filter((step) => !(step.n === 3 && stages.includes(step.stage)));

const findingOf = (fault: string, stage: Stage, n = 3, place = 'p') => ({ fault, key: 'A', n, stage, place });

/** At a stage two messages change places; they and those behind them are late, so that they were at the stage before. */
function swap(steps: readonly Step[], stage: Stage, n: number): Step[] {
  const other = (of: number) => ({ [n]: n + 1, [n + 1]: n })[of] ?? of;
  return steps.map((step) =>
    step.key === 'A' && step.stage === stage && step.n >= n ? { ...step, n: other(step.n), at: step.at + 100 } : step,
  );
}

describe('checkHistory', () => {
  it('finds nothing where nothing is wrong, or nothing is there', () => {
    expect(findingsOf(clean(50, ['A', 'B']))).toEqual([]);
    expect(findingsOf([])).toEqual([]);
  });

  it.each([
    ['stored', ['stored'], 'delivered'],
    ['delivered and stored', ['delivered', 'stored'], 'received'],
    ['received and what follows', ['received', 'delivered', 'stored'], 'sent'],
    ['sent and what follows', ['sent', 'received', 'delivered', 'stored'], 'given'],
  ] as const)('finds a message that is not %s, and how far it came', (_, stages, last) => {
    expect(findingsOf(without(clean(), ...stages))).toEqual([findingOf('lost', last)]);
  });

  it('finds the last message of a key, and a whole key, that is lost', () => {
    expect(findingsOf(clean().filter((step) => !is('stored', 5)(step)))).toEqual([findingOf('lost', 'delivered', 5)]);
    expect(findingsOf(clean(2).filter(({ stage }) => stage !== 'stored'))).toHaveLength(2);
  });

  it.each(STAGES)('finds a message that is %s twice', (stage) => {
    const steps = clean();
    const again = { ...steps.find(is(stage, 3))!, at: 1000 };

    expect(findingsOf([...steps, again])).toEqual([findingOf('doubled', stage)]);
  });

  it.each(STAGES.slice(1))('finds two messages that are %s in the wrong order', (stage) => {
    const found = findingsOf(swap(clean(), stage, 3), { strict: [stage] });

    expect(found.filter(({ fault }) => fault !== 'early')).toEqual([findingOf('reordered', stage)]);
  });

  it.each(STAGES.slice(1))('finds a message that is %s before it was at the stage before', (stage) => {
    const steps = clean().map((step) => (is(stage, 3)(step) ? { ...step, at: step.at - 5 } : step));

    expect(findingsOf(steps)).toContainEqual(findingOf('early', stage));
  });

  it('finds a message that nobody gave', () => {
    const steps: Step[] = [...clean(), { stage: 'stored', key: 'A', n: 9, place: 'p', at: 99 }];

    expect(findingsOf(steps)).toEqual([findingOf('early', 'stored', 9)]);
  });

  it('lets two places have the same message, and one that is not strict repeat it', () => {
    const steps = clean();
    const elsewhere = { ...steps.find(is('received', 3))!, place: 'q' };
    const again = { ...elsewhere, place: 'p', at: 50 };

    expect(findingsOf([...steps, elsewhere])).toEqual([]);
    expect(findingsOf([...steps, again], { strict: ['stored'] })).toEqual([]);
  });

  it('asks nothing of stages that were not recorded', () => {
    const steps = clean().filter(({ stage }) => stage === 'given' || stage === 'stored');

    expect(findingsOf(steps, { stages: ['given', 'stored'] })).toEqual([]);
    expect(findingsOf(without(steps, 'stored'), { stages: ['given', 'stored'] })).toEqual([findingOf('lost', 'given')]);
  });

  test.prop([fc.integer({ min: 2, max: 20 }), fc.nat(), fc.constantFrom('lost', 'doubled', 'reordered')])(
    'finds any planted fault, and nothing else',
    (count, seed, fault) => {
      const n = 1 + (seed % (count - 1));
      const steps = clean(count, ['A', 'B']);
      const planted = {
        lost: () => steps.filter((step) => !is('stored', n)(step)),
        doubled: () => [...steps, { ...steps.find(is('stored', n))!, at: 1000 }],
        reordered: () => swap(steps, 'stored', n),
      }[fault]();

      expect(findingsOf(planted).map((finding) => [finding.fault, finding.key, finding.n])).toEqual([[fault, 'A', n]]);
    },
  );
});

describe('A history with ranges and snapshots', () => {
  /** What `s5`, `6` and `7-9` are at a stage, a millisecond apart from a time on. */
  const stepsOf = (stage: Stage, text: string, at = 0, place = 'p'): Step[] =>
    text.split(' ').map((word, index) => {
      const [, snapshot, first, last = first] = /^(s?)(\d+)(?:-(\d+))?$/.exec(word)!;
      const step: Step = { stage, key: 'A', n: Number(last), from: Number(first), place, at: at + index };
      return snapshot ? { ...step, isSnapshot: true } : step;
    });
  const found = (given: string, stored: string, rules: Rules = {}) =>
    checkHistory([...stepsOf('given', given), ...stepsOf('stored', stored, 100)], {
      stages: ['given', 'stored'],
      ...rules,
    }).found.map(({ finding: { fault, n } }) => `${fault} ${n}`);

  it.each([
    ['a range stands for its messages', '1-5', '1 2 3 4 5', []],
    ['a message of a range is lost', '1-5', '1 2 4 5', ['lost 3']],
    ['a range overlaps another one', '1 2 3 4', '1-2 2-4', ['doubled 2']],
    ['a snapshot stands for what is missing', '1 2 3 4', '1 s3 4', []],
    ['a snapshot does not stand for what follows it', '1 2 3 4 5', '1 s3 5', ['lost 4']],
    ['numbers begin anew behind a snapshot', '1 2 3 4', '1 2 3 s2 3 4', []],
    ['a message behind a snapshot comes twice', '1 2 3 4', '1 s2 3 3 4', ['doubled 3']],
    ['messages behind a snapshot are in the wrong order', '1 2 3 4', 's2 4 3', ['reordered 3']],
    ['a snapshot of what was not given', '1 2 3', '1 2 3 s4', ['early 4']],
  ])('%s: given %s, stored %s', (_, given, stored, expected) => {
    expect(found(given, stored)).toEqual(expected);
  });

  it('has a message that no snapshot stands for where a stage is whole', () => {
    const rules = { stages: ['given', 'delivered', 'stored'], whole: ['stored'] } as const;
    const steps = [...stepsOf('given', '1 2 3 4'), ...stepsOf('delivered', '1 2 s4', 50)];

    expect(findingsOf([...steps, ...stepsOf('stored', '1 s4', 100)], rules)).toEqual([
      findingOf('lost', 'delivered', 2),
    ]);
    expect(findingsOf([...steps, ...stepsOf('stored', '1 2 s4', 100)], rules)).toEqual([]);
  });

  it('may repeat messages where it is ordered only', () => {
    const rules = { strict: [], ordered: ['stored'] } as const;

    expect(found('1 2 3', '1 2 2 3', rules)).toEqual([]);
    expect(found('1 2 3', '1 3 2', rules)).toEqual(['reordered 2']);
  });
});

/** Bytes in use, after garbage collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('A checker', () => {
  const takeAll = (steps: readonly Step[], checker = new HistoryChecker()) => {
    for (const step of inTime(steps)) checker.take(step);
    return checker;
  };

  it('excuses what was cut off, but not what others have overtaken', () => {
    const checker = takeAll(clean().filter((step) => step.stage !== 'stored' || [1, 3].includes(step.n)));

    checker.end('A', true);

    expect(checker.found.map(({ finding }) => finding)).toEqual([findingOf('lost', 'delivered', 2)]);
  });

  it('excuses numbers that may be lost', () => {
    const checker = takeAll(without(clean(), 'stored'));

    checker.excuse('A', 3, 3);
    checker.finish();

    expect([...checker.counts]).toEqual([]);
  });

  it('forgets a key that has ended', () => {
    const checker = takeAll(clean(5, ['A', 'B']));

    checker.end('A');
    expect(checker.keys).toBe(1);
    checker.finish();

    expect(checker.keys).toBe(0);
    expect([...checker.counts]).toEqual([]);
  });

  it('counts all that it finds, and draws the first ones, though they are found long after they were there', () => {
    const checker = takeAll(
      clean(20_000).filter((step) => step.stage !== 'stored' || step.n % 5000 !== 3),
      new HistoryChecker({}, { keep: 20, most: 2 }),
    );

    checker.finish();

    expect(checker.counts).toEqual(new Map([['lost', 4]]));
    expect(checker.describe()).toMatch(/^4 lost\n\nA\/3 is lost after "delivered" \(p\)\n/);
    expect(checker.describe()).toContain('A/5003  50020.0 p  50021.0 p  50022.0 p  50023.0 p  -          <- lost\n');
    expect(checker.describe()).toContain('A/5004  50030.0 p');
    expect(checker.found).toHaveLength(2);
  });

  it('takes the memory of no messages, however many there are', () => {
    const checker = new HistoryChecker({}, { keep: 20 });
    const heaps: number[] = [];
    for (let n = 1; n <= 150_000; n++) {
      for (const [index, stage] of STAGES.entries())
        checker.take({ stage, key: 'A', n, place: 'p', at: n + index / 10 });
      if (n % 50_000 === 0) heaps.push(heapUsed());
    }

    expect(heaps[2]! - heaps[0]!).toBeLessThan(200_000);
    expect([...checker.counts]).toEqual([]);
  });
});

describe('A timeline', () => {
  it('shows where a lost message and its neighbours were, and when', () => {
    const steps = without(clean(4), 'delivered', 'stored');

    expect(drawTimeline(findingsOf(steps)[0]!, steps)).toBe(
      [
        'A/3 is lost after "received" (p)',
        '     given   sent    received  delivered  stored',
        'A/1  0.0 p   1.0 p   2.0 p     3.0 p      4.0 p',
        'A/2  10.0 p  11.0 p  12.0 p    13.0 p     14.0 p',
        'A/3  20.0 p  21.0 p  22.0 p    -          -       <- lost',
        'A/4  30.0 p  31.0 p  32.0 p    33.0 p     34.0 p',
      ].join('\n'),
    );
  });

  it('shows a message twice where it was twice', () => {
    const steps = [...clean(3), { ...clean(3).find(is('stored', 3))!, place: 'q', at: 90 }];

    expect(drawTimeline({ fault: 'doubled', key: 'A', n: 3, stage: 'stored', place: 'q' }, steps)).toContain(
      '24.0 p + 90.0 q  <- doubled',
    );
  });

  it('comes after a count of what was found, and is empty without', () => {
    const steps = without(clean(), 'stored');

    expect(checkHistory(clean()).describe()).toBe('');
    expect(checkHistory(steps).describe()).toMatch(/^1 lost\n\nA\/3 is lost after "delivered"/);
  });
});
