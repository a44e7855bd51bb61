/* `npm run dashboard` in the root builds and serves the dashboard. The port is an optional argument. */

import process from 'node:process';
import { buildDashboard } from './build.mjs';

const PORT = Number(process.argv[2] ?? 4300);

try {
  buildDashboard((step) => console.log(`${step} …`));
  const { serveDashboard } = await import('./server.mjs'); // needs the installed dependencies
  const { url } = await serveDashboard(PORT);
  console.log(`\nThe dashboard is at ${url} (stop it with Ctrl+C)`);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
