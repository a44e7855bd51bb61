import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tests } from './kit.mjs';

for (const [name, run] of Object.entries(tests)) test(name, () => run(assert.deepEqual));
