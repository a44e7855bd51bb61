import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { startServer } from '../demo/server.mjs';

/** Serves the built page and its trades, and causes a fault for each `POST /trouble/NAME`. */
export async function serveDashboard(port = 0) {
  const peers = new Set();
  let isRefusing = false;

  const trouble = {
    drop: () => peers.forEach((peer) => peer.kill()),
    silence: () => peers.forEach((peer) => peer.fallSilent()),
    overload: () => peers.forEach((peer) => peer.trade(5000, 100)),
    refuse() {
      isRefusing = true;
      trouble.drop();
    },
    recover() {
      isRefusing = false;
    },
  };

  async function welcome(peer) {
    peers.add(peer);
    await peer.trade(Infinity);
    peers.delete(peer);
  }

  function* acts() {
    for (;;) yield isRefusing ? { status: 503 } : welcome;
  }

  const page = sirv(fileURLToPath(new URL('dist/browser', import.meta.url)));
  const onRequest = (request, response) => {
    const [, name] = /^\/trouble\/(\w+)$/.exec(request.url) ?? [];
    if (request.method !== 'POST') return page(request, response);
    if (Object.hasOwn(trouble, name)) trouble[name]();
    response.writeHead(Object.hasOwn(trouble, name) ? 204 : 404).end();
  };

  const { url, stop } = await startServer(acts(), { port, onRequest });
  return { url: new URL('/', url.replace('ws', 'http')).href, stop };
}
