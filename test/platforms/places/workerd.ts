import { readFileSync } from 'node:fs';
import type { Findings } from '../program/program.js';
import { Peer } from '../peer.js';
import { load, versionOf } from './packages.js';
import { STANDARD } from './place-kind.js';
import type { PlaceKind } from './place-kind.js';

interface Miniflare {
  dispatchFetch(url: string): Promise<Response>;
  dispose(): Promise<void>;
}

/** Cloudflare's runtime, as its own local server runs it. */
export const workerd: PlaceKind = {
  name: 'workerd',
  socket: 'its own',
  version: () => versionOf('workerd'),
  traits: STANDARD,
  async run(home) {
    await using peer = await Peer.start(home);
    const { Miniflare } = (await load('miniflare')) as { Miniflare: new (options: object) => Miniflare };
    const script = readFileSync(`${home}/workerd.js`, 'utf8');
    const miniflare = new Miniflare({ modules: true, script, compatibilityDate: '2026-01-01' });
    try {
      const response = await miniflare.dispatchFetch(`http://worker/?peer=${encodeURIComponent(peer.url)}`);
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as Findings;
    } finally {
      await miniflare.dispose();
    }
  },
};
