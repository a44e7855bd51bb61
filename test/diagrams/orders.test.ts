import { describe, expect, it } from 'vitest';
import { runOf } from './ordered-run.js';
import type { OperatorCode, Scene } from './ordered-run.js';
import { ordersPage } from './orders-page.js';
import { exchanged, ORDER_RULES } from './orders.js';

it('docs/operator-order.md shows what the operators do', async () => {
  await expect(ordersPage()).toMatchFileSnapshot('../../docs/operator-order.md');
});

describe('The order of two operators matters:', () => {
  it.each(ORDER_RULES)('$above before $below', (rule) => {
    const run = (operators: readonly OperatorCode[]) => runOf(operators, rule.scene);
    const has = (lines: readonly string[], part: string) => lines.some((line) => ` ${line}`.endsWith(` ${part}`));
    const [right, wrong] = [run(rule.operators), run(exchanged(rule))];

    expect(rule.right.filter((part) => !has(right, part) || has(wrong, part))).toEqual([]);
    expect(rule.wrong.filter((part) => has(right, part) || !has(wrong, part))).toEqual([]);
    expect([...rule.right, ...rule.wrong]).not.toEqual([]);
  });
});

function* ordersOf(operators: readonly OperatorCode[]): Generator<readonly OperatorCode[]> {
  if (operators.length === 0) yield [];
  for (const operator of operators) {
    for (const rest of ordersOf(operators.filter((other) => other !== operator))) yield [operator, ...rest];
  }
}

const supervision: readonly OperatorCode[] = [
  'onOpen(logIn)',
  'heartbeat()',
  'completeOnClose()',
  'stopOnFatalClose()',
  'retryWithBackoff()',
];
const refreshing: readonly OperatorCode[] = ['refreshOnUnauthorized(refresh)', ...supervision.filter((code) => code !== 'completeOnClose()')]; // prettier-ignore
const REFRESH_RULES: Rules = [
  ['refreshOnUnauthorized(refresh)', 'stopOnFatalClose()'],
  ['refreshOnUnauthorized(refresh)', 'retryWithBackoff()'],
];

type Rules = readonly (readonly [above: OperatorCode, below: OperatorCode])[];

/** A fact, the operators, the rules that an order must keep for it, and what shows it in the run. */
const FACTS: readonly [fact: string, operators: readonly OperatorCode[], rules: Rules, scene: Scene, shown: RegExp][] =
  [
    ['a connection that broke is made again', supervision, [], { server: '', scripts: ['-o 20ms #', '-o'], until: 2000 }, /1023 open 2/], // prettier-ignore
    ['a dead peer is replaced', supervision, [], { server: '', scripts: ['-o 20ms s', '-o'], until: 14_000 }, /11002 open 2/], // prettier-ignore
    ['a fatal close ends the run at once', supervision, [], { server: '', scripts: ['-o 20ms n', '-o'], until: 2000 }, /22 ends with FatalCloseError/], // prettier-ignore
    [
      'a close with 1000 completes',
      supervision,
      [],
      { server: '', scripts: ['-o 20ms |', '-o'], until: 2000 },
      /22 completes/,
    ],
    ['credentials that are refused are refreshed', refreshing, REFRESH_RULES, { server: '', scripts: ['-uo'], until: 1500 }, /8 open 2/], // prettier-ignore
    ['no ping comes before the login', supervision, [['onOpen(logIn)', 'heartbeat()']], { server: '', scripts: ['-o'], login: ['ok', 12_000], until: 13_000 }, /^(?:(?!ping)[^])*logged in/], // prettier-ignore
  ];

describe('In any order of the operators', () => {
  it.each(FACTS)('%s, if it keeps the rules about it, and only then', (_, operators, rules, scene, shown) => {
    const orders = [...ordersOf(operators)];

    const strange = orders.filter((order) => {
      const keeps = rules.every(([above, below]) => order.indexOf(above) < order.indexOf(below));
      return shown.test(runOf(order, scene).join('\n')) !== keeps;
    });

    expect(strange).toEqual([]);
    expect(orders).toHaveLength(120);
  });
});
