/* global Deno */
import assert from 'node:assert/strict';
import { tests } from './kit.mjs';

for (const [name, run] of Object.entries(tests)) Deno.test(name, () => run(assert.deepEqual));
