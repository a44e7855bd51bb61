import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a page is sent more than it reads. */
    floodHost: string;
  }
}

/** What is sent to each page that connects to `/flood`, in messages of 64 KiB. */
const FLOOD = 64 * 1024 * 1024;

/** Floods each `/flood`, and answers whatever `/report` says with how many bytes the floods so far could be rid of. */
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
