/* The program in a Worker or a Service Worker, which is kept alive until it has its findings. */

import { runIn } from './run-in.js';
import type { Order } from './run-in.js';

interface Message extends MessageEvent<Order> {
  waitUntil?(done: Promise<unknown>): void;
}

self.addEventListener('message', (message: Message) => {
  const done = runIn(message.data).then((findings) => message.ports[0]!.postMessage(findings));
  message.waitUntil?.(done);
});
