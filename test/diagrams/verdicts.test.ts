import { expect, it } from 'vitest';
import { reconnectPage } from './verdicts-table.js';

it('docs/reconnect.md says what the operators do with each code and status', async () => {
  await expect(reconnectPage()).toMatchFileSnapshot('../../docs/reconnect.md');
});
