import { describe, inject } from 'vitest';
import { runtimes } from './places/runtimes.js';
import { workerd } from './places/workerd.js';
import { isTested, proves } from './proves.js';

for (const place of [...runtimes, workerd]) {
  describe.skipIf(!isTested(place))(`${place.name}, on ${place.socket}`, () => {
    proves(place.traits, () => place.run(inject('home')));
  });
}
