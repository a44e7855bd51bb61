import assert from 'node:assert/strict';
import { tests } from './kit.mjs';

for (const [name, run] of Object.entries(tests)) it(name, () => run(assert.deepEqual));
