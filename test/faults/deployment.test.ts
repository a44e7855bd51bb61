import { asyncScheduler } from 'rxjs';
import { expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../../src/index.node.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';
import { nginx, Proxy } from './servers/proxy.js';

it('An nginx that answers 404 for two seconds, while a service is deployed, is waited for by a connection that was healthy', async () => {
  const server = await TestServer.start();
  const proxy = await Proxy.start(nginx, server.port, 60_000);
  let ahead = 1_000_000; // healthy takes half a minute
  const scheduler = {
    now: () => asyncScheduler.now() + ahead,
    schedule: asyncScheduler.schedule.bind(asyncScheduler),
  };
  const feed = observeWebSocket(
    { url: proxy.url(), scheduler },
    stopOnFatalClose(),
    retryWithBackoff({ delays: Array.from({ length: 200 }, () => 100) }),
  );
  const seen = watch(feed);
  await seen.next('open');
  ahead += 31_000;

  await proxy.answerWith(404);
  await seen.next('reconnecting', 20);
  await proxy.answerWith();
  await seen.next('open', 2);
  await feed.close();

  const statuses = seen.events.flatMap((event) => (event.type === 'reconnecting' ? [event.error] : []));
  expect(statuses).toContainEqual(expect.objectContaining({ name: 'HandshakeError', status: 404 }));
  expect(await seen.end).toBeUndefined();
  await proxy.stop();
  await server.stop();
});
