/* `npm --prefix examples/angular-guide start` builds the application of docs/angular.md, and serves it. */

import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildPage, packRxwire } from '../build-page.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

try {
  const onStep = (step) => console.log(`${step} …`);
  buildPage(HERE, packRxwire(HERE, onStep), onStep);
  process.chdir(HERE);
  await import('./server.mjs'); // needs the installed dependencies
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
