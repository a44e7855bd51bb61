import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { draw } from '../../bench/herd/draw.js';
import { policies } from '../../bench/herd/policies.js';
import type { Policy } from '../../bench/herd/policies.js';
import { table } from '../../bench/herd/report.js';
import { scaled, scenes } from '../../bench/herd/scenes.js';
import type { Scene } from '../../bench/herd/scenes.js';
import { simulate } from '../../bench/herd/simulate.js';
import { sectionOf, withSection } from '../helpers/section.js';

const page = readFileSync(new URL('../../docs/herd.md', import.meta.url), 'utf8');

/** A table without padding. */
const squeezed = (table: string) => table.replaceAll(/ +/g, ' ');

/** The section of a scenario in the page. */
const section = (name: string) => squeezed(sectionOf(page, `herd:${name}`));

const once =
  (delay: number): Policy =>
  () =>
  () =>
    delay;

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

const DEFAULT = 'full jitter (default)';

describe('The page about the herd', () => {
  // All policies would take a minute, so one policy of each scenario is tested.
  it.each([
    ['restart', DEFAULT],
    ['outage', 'Python websockets 17.1'],
    ['overload', 'equal jitter'],
  ] as const)('has the result of a run with 100 000 clients: %s, %s', (name, policy) => {
    const outcomes = new Map([[policy, simulate(policies[policy], scenes[name], 1)]]);

    const [, , row] = squeezed(table(outcomes, scenes[name])).split('\n');

    expect(section(name)).toContain(row);
  });

  it.each(Object.keys(scenes))('has a row for each policy, and a chart: %s', (name) => {
    const rows = section(name).match(/^\| .*$/gm)!;

    expect(rows.slice(2).map((row) => row.split(' | ')[0]!.slice(2))).toEqual(Object.keys(policies));
    expect(page).toContain(`(images/herd-${name}.svg)`);
  });

  it('keeps the text around a section', () => {
    expect(withSection('a\n<!-- x -->\nold\n<!-- /x -->\nb\n', 'x', '$1 is new')).toBe(
      'a\n<!-- x -->\n\n$1 is new\n\n<!-- /x -->\nb\n',
    );
    expect(() => withSection(page, 'unknown', '')).toThrow('Expected a section `unknown` in the page.');
  });
});

describe('A simulated herd', () => {
  const small = scaled(scenes.outage, 1000);
  const run = (seed: number, scene = small) =>
    new Map(Object.entries(policies).map(([name, policy]) => [name, simulate(policy, scene, seed)]));
  let first: ReturnType<typeof run>;

  beforeAll(() => {
    first = run(1);
  });

  it('gives the same result for the same seed, and another one for another seed', () => {
    expect(run(1)).toEqual(first);
    expect(run(2)).not.toEqual(first);
  });

  it('is drawn the same for the same figures', () => {
    const drawn = () => draw(first, small).replaceAll(/zr[\w-]*/g, ''); // names with a counter of the process
    const svg = drawn();

    expect(drawn()).toBe(svg);
    for (const name of Object.keys(policies)) expect(svg).toContain(`>${name}</text>`);
  });

  const scene: Scene = { clients: 300, outage: 10_000, acceptRate: 10, backlog: 5, refusalCost: 0 };

  it('is refused while the server is down, and accepted no faster than the accept rate', () => {
    const { arrivals, opens } = simulate(policies[DEFAULT], scene, 1);

    expect(sum(opens.slice(0, 10))).toBe(0);
    expect(sum(opens)).toBe(300);
    expect(sum(arrivals)).toBeGreaterThan(300);
    // A round trip may move the last handshakes of a second into the next one.
    expect(Math.max(...opens)).toBeLessThanOrEqual(12);
  });

  it('fills the backlog when all clients connect at once, and is refused beyond it', () => {
    const { opens } = simulate(once(650_000), scene, 1);

    expect(sum(opens)).toBe(0); // no attempt is before the end of the simulation

    const late = simulate(once(10_000), scene, 1);

    expect(late.arrivals[10]).toBe(300);
    expect(sum(late.opens.slice(10, 12))).toBe(5);
  });

  it.each(['try-again-later', 'too-many-requests', 'retry-after'] as const)(
    'of 1000 that is told %s never comes back by more than a tenth within 100 ms',
    (name) => {
      const told = scaled(scenes[name], 1000);
      const exact = 'full jitter, no spread above a floor';

      for (let seed = 1; seed <= 20; seed++) {
        expect(simulate(policies[DEFAULT], told, seed).densest).toBeLessThanOrEqual(100);
      }
      expect(simulate(policies[exact], told, 1).densest).toBe(1000);
    },
  );

  it('keeps a server busy with refusals that cost', () => {
    const eager = once(1000);

    const free = simulate(eager, scene, 1);
    const costly = simulate(eager, { ...scene, refusalCost: 0.5 }, 1);

    expect(sum(free.opens)).toBe(300);
    expect(sum(costly.opens)).toBeLessThan(300);
  });
});
