import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { platformsPage, withoutVersions } from './page.js';

const PAGE = fileURLToPath(new URL('../../docs/platforms.md', import.meta.url));

it('docs/platforms.md says what these tests assert', async () => {
  const page = await platformsPage();
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);

  expect(withoutVersions(readFileSync(PAGE, 'utf8'))).toBe(withoutVersions(page));
});
