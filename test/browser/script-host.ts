import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import type { TestProject } from 'vitest/node';
import { realScriptServer } from '../contract/real-script-server.js';
import { fromWire, toWire } from './wire.js';
import type { Order, Report } from './wire.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL at which pages request servers. */
    scriptHost: string;
  }
}

/** Starts real servers for pages. A page requests a server over a socket, gets its reports there, and stops it by closing it. */
export default async function hostScripts(project: TestProject): Promise<() => Promise<void>> {
  const host = new WebSocketServer({ host: '127.0.0.1', port: 0 });

  host.on('connection', (page) => {
    const report = (what: Report) => page.send(JSON.stringify(what));
    page.once('message', (data: Buffer) => {
      const { scripts, values } = JSON.parse(data.toString()) as Order;
      void realScriptServer(scripts, fromWire(values)).then((server) => {
        server.sent.subscribe((message) => report({ sent: toWire(message as string | Uint8Array) }));
        server.closes.subscribe((close) => report({ close }));
        server.arrivals.subscribe((connection) => report({ connection }));
        page.once('close', () => void server.close());
        report({ url: server.url });
      });
    });
  });
  await once(host, 'listening');
  project.provide('scriptHost', `ws://127.0.0.1:${(host.address() as AddressInfo).port}/`);

  return () => {
    for (const page of host.clients) page.terminate();
    return new Promise((resolve) => host.close(() => resolve()));
  };
}
