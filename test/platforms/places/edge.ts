import { fileURLToPath } from 'node:url';
import type { Findings } from '../program/program.js';
import { Peer } from '../peer.js';
import { versionOf } from './packages.js';
import { STANDARD } from './place-kind.js';
import type { PlaceKind } from './place-kind.js';
import { run } from './processes.js';

const PROGRAM = fileURLToPath(new URL('../edge.mjs', import.meta.url));

/** A realm of its own, with a WebSocket of its own. */
export const edge: PlaceKind = {
  name: "Next's Edge sandbox",
  socket: 'its own',
  version: () => versionOf('edge-runtime'),
  traits: STANDARD,
  async run(home) {
    await using peer = await Peer.start(home);
    return JSON.parse(await run(home, [process.execPath, PROGRAM, `${home}/edge.js`, peer.url])) as Findings;
  },
};
