import { readFileSync } from 'node:fs';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { withSection } from '../helpers/section.js';
import { ROOT } from '../readme/pages.js';
import { runOf } from './ordered-run.js';
import { exchanged, ORDER_RULES } from './orders.js';
import type { OrderRule } from './orders.js';

/** The name of an operator in its code. */
const nameOf = (code: string) => /^\w+/.exec(code)![0];

function section(rule: OrderRule): string {
  const block = (heading: string, operators: OrderRule['operators']) =>
    [`${heading}: ${operators.join(', ')}`, ...runOf(operators, rule.scene)].join('\n');
  return [
    `### ${nameOf(rule.above)} before ${nameOf(rule.below)}`,
    `${rule.otherwise} Here the server ${rule.scene.server}:`,
    ['```text', block('right', rule.operators), '', block('wrong', exchanged(rule)), '```'].join('\n'),
  ].join('\n\n');
}

/** docs/operator-order.md, with what the operators do now in its sections. */
export function ordersPage(): string {
  const page = readFileSync(`${ROOT}docs/operator-order.md`, 'utf8');
  const table = markdownTable(
    ['put', 'before', 'or else'],
    ORDER_RULES.map(({ above, below, otherwise }) => [`\`${nameOf(above)}\``, `\`${nameOf(below)}\``, otherwise]),
  );
  return withSection(withSection(page, 'rules', table), 'runs', ORDER_RULES.map(section).join('\n\n'));
}
