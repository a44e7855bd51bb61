/* The program as a page. `in`: page, worker or service-worker; `transport`: native or stream; `report`: where it posts its findings. */

import { runIn } from './run-in.js';
import type { Order } from './run-in.js';

const { origin, host, searchParams } = new URL(location.href);
const order: Order = { url: `ws://${host}`, transport: searchParams.get('transport') ?? 'native' };

/** Somebody who runs the program on our order. */
async function recipient(): Promise<Pick<Worker, 'postMessage'>> {
  if (searchParams.get('in') === 'worker') return new Worker('/worker.js');
  await navigator.serviceWorker.register('/worker.js');
  return (await navigator.serviceWorker.ready).active!;
}

async function findings(): Promise<unknown> {
  if (searchParams.get('in') === 'page') return runIn(order);
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  (await recipient()).postMessage(order, [port2]);
  return answer;
}

const report = (found: unknown) =>
  fetch(`${origin}/${searchParams.get('report')}`, { method: 'POST', body: JSON.stringify(found) });

void findings().then(report, (thrown: unknown) => report({ thrown: String(thrown) }));
