/* One command for all of it: `npm run dashboard` in the root, with a port if it is to be another one. */

import process from 'node:process';
import { buildDashboard } from './build.mjs';

const PORT = Number(process.argv[2] ?? 4300);

try {
  buildDashboard((step) => console.log(`${step} …`));
  const { serveDashboard } = await import('./server.mjs'); // needs what was just installed
  const { url } = await serveDashboard(PORT);
  console.log(`\nThe dashboard is at ${url} (Ctrl+C ends it)`);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
