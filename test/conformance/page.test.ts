import { expect, it } from 'vitest';
import { conformancePage } from './page.js';

it('docs/conformance.md has the cases and the places that are tested', async () => {
  await expect(await conformancePage()).toMatchFileSnapshot('../../docs/conformance.md');
});
