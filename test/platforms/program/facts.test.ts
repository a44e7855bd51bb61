/* Users' tests in a runner that is not ours: by the `test` of Bun, Jest or Vitest, or Deno's. */

import { FACTS } from './facts.js';

type Test = (...fact: (typeof FACTS)[number]) => void;

declare const Deno: { readonly test: Test } | undefined;
declare const test: Test;

for (const fact of FACTS) (typeof Deno === 'undefined' ? test : Deno.test)(...fact);
