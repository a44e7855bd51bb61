import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { collectMetrics } from '../../src/metrics/index.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

/** An endpoint that Prometheus can scrape. */
async function endpointOf(register: Registry): Promise<string> {
  const http = createServer((_, response) => {
    response.setHeader('content-type', register.contentType);
    void register.metrics().then((text) => response.end(text));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/metrics`;
}

describe('collectMetrics', () => {
  it('exports the metrics of a real connection over HTTP', async () => {
    const register = new Registry();
    const url = await endpointOf(register);
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url });
    collectMetrics(feed, { register, labels: { feed: 'trades' } });
    const { next, end } = watch(feed);
    await next('open');
    const scrape = async () => {
      const response = await fetch(url);
      expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
      return (await response.text()).split('\n');
    };

    const open = await scrape();
    server.peers[0]!.closeWith(4401);
    await end;
    const closed = await scrape();

    expect(open).toContain('rxwire_connections_open{feed="trades"} 1');
    expect(open).toContain('rxwire_opens_total{feed="trades"} 1');
    expect(closed).toContain('rxwire_connections_open{feed="trades"} 0');
    expect(closed).toContain('rxwire_closes_total{feed="trades",code="4401"} 1');
  });
});
