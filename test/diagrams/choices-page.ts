import { readFileSync } from 'node:fs';
import { withSection } from '../helpers/section.js';
import { ROOT } from '../readme/pages.js';
import { CHOICES } from './choices.js';
import type { Answer, Choice } from './choices.js';

/** All answers, with the questions that lead to them. */
export function* answersIn(
  choices: readonly Choice[],
  questions: readonly string[] = [],
): Generator<Answer & { readonly questions: readonly string[] }> {
  for (const choice of choices) {
    if ('use' in choice) yield { ...choice, questions };
    else yield* answersIn(choice.choices, [...questions, choice.when]);
  }
}

/** A choice that opens when it is clicked, on a Git host and on the site. */
function details(choice: Choice): string {
  const inner =
    'use' in choice
      ? [`\`\`\`ts\n${choice.use}\n\`\`\``, `${choice.so} More: [${choice.more[0]}](${choice.more[1]})`]
      : choice.choices.map(details);
  return [`<details>\n<summary>${choice.when}</summary>`, ...inner, '</details>'].join('\n\n');
}

/** docs/which-operator.md, with what the table says in its section. */
export function choicesPage(): string {
  const sections = CHOICES.map(({ when, choices }) => [`## ${when}`, ...choices.map(details)].join('\n\n'));
  return withSection(readFileSync(`${ROOT}docs/which-operator.md`, 'utf8'), 'choices', sections.join('\n\n'));
}
