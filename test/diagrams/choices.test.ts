import { describe, expect, it } from 'vitest';
import * as rxwire from '../../src/index.node.js';
import { answersIn, choicesPage } from './choices-page.js';
import { CHOICES } from './choices.js';

/** What a reader calls: every function but errors and their guards, of which one stands for all. */
const FUNCTIONS = Object.entries(rxwire)
  .filter(([name, value]) => typeof value === 'function' && !name.endsWith('Error'))
  .map(([name]) => name);

const answers = [...answersIn(CHOICES)];

/** The names of the package in code. */
const namesIn = (code: string) =>
  [...code.matchAll(/\b[a-zA-Z]+\b/g)].map(([name]) => name).filter((name) => name in rxwire);

describe('docs/which-operator.md', () => {
  it('is what the table says', async () => {
    await expect(choicesPage()).toMatchFileSnapshot('../../docs/which-operator.md');
  });

  it('leads to every function of the package', () => {
    const used = new Set(answers.flatMap(({ use }) => namesIn(use)));

    expect(FUNCTIONS.filter((name) => !used.has(name))).toEqual([]);
    expect(FUNCTIONS.length).toBeGreaterThan(25);
  });

  it('answers each with a name of the package, or a member of its connection', () => {
    const unnamed = answers.filter(({ use }) => namesIn(use).length === 0 && !/\bfeed\.[a-z]+|rxwire\/\w+/.test(use));

    expect(unnamed).toEqual([]);
  });

  it('asks at most three questions, and each has at least two answers', () => {
    const few = (choices: readonly (typeof CHOICES)[number]['choices'][number][]): number =>
      Math.min(choices.length, ...choices.map((choice) => ('use' in choice ? Infinity : few(choice.choices))));

    expect(Math.max(...answers.map(({ questions }) => questions.length + 1))).toBeLessThanOrEqual(3);
    expect(few(CHOICES)).toBeGreaterThanOrEqual(2);
  });

  it('has no answer twice', () => {
    const paths = answers.map(({ questions, when }) => [...questions, when].join(' > '));

    expect(new Set(paths).size).toBe(paths.length);
  });
});
