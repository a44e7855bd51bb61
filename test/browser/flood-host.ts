import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a server that sends more than a page reads. */
    floodHost: string;
  }
}

/** The bytes that each page at `/flood` is sent, in messages of 64 KiB. */
const FLOOD = 64 * 1024 * 1024;

/** Floods each connection to `/flood`. Answers each message at `/report` with the bytes that each flood has sent so far. */
export default async function hostFloods(project: TestProject): Promise<() => Promise<void>> {
  const host = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const floods: { readonly bufferedAmount: number }[] = [];
  const message = Buffer.alloc(64 * 1024, 'x');

  host.on('connection', (page, { url }) => {
    if (url === '/report') {
      page.on('message', () => page.send(JSON.stringify(floods.map(({ bufferedAmount }) => FLOOD - bufferedAmount))));
      return;
    }
    floods.push(page);
    for (let sent = 0; sent < FLOOD; sent += message.length) page.send(message);
  });
  await once(host, 'listening');
  project.provide('floodHost', `ws://127.0.0.1:${(host.address() as AddressInfo).port}`);

  return () => {
    for (const page of host.clients) page.terminate();
    return new Promise((resolve) => host.close(() => resolve()));
  };
}
