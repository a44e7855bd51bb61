import { describe, expect, inject, it } from 'vitest';
import { edge } from './places/edge.js';
import { run } from './places/processes.js';
import { otherRunners, runners } from './places/runners.js';
import { isTested, proves } from './proves.js';

for (const runner of runners) {
  describe.skipIf(!isTested(runner))(`${runner.name}, on ${runner.socket}`, () => {
    let running: ReturnType<typeof runner.run> | undefined;
    const once = () => (running ??= runner.run(inject('home')));

    proves(runner.traits, async () => (await once()).findings);

    it('runs the tests of users', async () => {
      expect((await once()).output).toMatch(/\b12 passed/); // the program too
    });
  });
}

describe.skipIf(!isTested(edge))(edge.name, () => {
  proves(edge.traits, () => edge.run(inject('home')));
});

for (const [name, command] of Object.entries(otherRunners)) {
  describe.skipIf(!isTested(edge))(name, () => {
    it('runs the tests of users', async () => {
      await expect(run(inject('home'), command)).resolves.toMatch(/\b11 pass/);
    });
  });
}
