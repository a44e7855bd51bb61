import { fileURLToPath } from 'node:url';
import { buildPage, packRxwire } from '../build-page.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Builds the page with the package as npm would publish it. @param onStep called with the name of each step before it runs */
export function buildDashboard(onStep) {
  buildPage(HERE, packRxwire(HERE, onStep), onStep);
}
