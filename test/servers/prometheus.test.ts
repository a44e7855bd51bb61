import { execFileSync, spawn } from 'node:child_process';
import type { ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { heartbeat, observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import { collectMetrics } from '../../src/metrics/index.js';
import { freePort } from './free-port.js';
import { debianPackage } from './installed.js';

const ALERTS = 'docs/alerts.yml';
const dashboard = JSON.parse(readFileSync('docs/grafana.json', 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};

/** In CI it is there; elsewhere, where it is installed. */
const isTested = process.env.CI !== undefined || debianPackage('prometheus') !== undefined;

describe.skipIf(!isTested)('Prometheus', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rxwire-prometheus-'));
  const register = new Registry();
  const peer = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const scraped = createServer((_, response) => {
    void register.metrics().then((text) => response.setHeader('content-type', register.contentType).end(text));
  });
  let prometheus: ReturnType<typeof spawn>;
  let api: string;

  const feedTo = (port: number, name: string) => {
    const feed = observeWebSocket<unknown>(
      `ws://127.0.0.1:${port}`,
      heartbeat({ interval: 200, timeout: 200 }),
      retryWithBackoff({ initialDelay: 100 }),
    );
    collectMetrics(feed, { register, labels: { feed: name } });
    feed.messages.subscribe({ error: () => undefined });
    return feed;
  };

  /** What a query returns: its series, or an error. */
  async function query(expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const response = await fetch(`${api}/query?${new URLSearchParams({ query: expression })}`);
    const { status, data, error } = (await response.json()) as {
      status: string;
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      error?: string;
    };
    if (status !== 'success') throw new Error(`${expression}: ${error}`);
    return data.result;
  }

  const feeds: ReturnType<typeof feedTo>[] = [];

  beforeAll(async () => {
    await Promise.all([once(scraped.listen(0, '127.0.0.1'), 'listening'), peer.address() ?? once(peer, 'listening')]);
    peer.on('connection', (socket) => {
      socket.on('message', () => socket.send('{"n":1}'));
      socket.send('no JSON');
    });
    const port = await freePort();
    api = `http://127.0.0.1:${port}/api/v1`;
    const target = `127.0.0.1:${(scraped.address() as AddressInfo).port}`;
    writeFileSync(
      join(directory, 'prometheus.yml'),
      `global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs: [{ job_name: feed, static_configs: [{ targets: ['${target}'] }] }]
`,
    );
    feeds.push(feedTo((peer.address() as AddressInfo).port, 'good'), feedTo(await freePort(), 'refused'));
    const flags = [`--config.file=${directory}/prometheus.yml`, `--storage.tsdb.path=${directory}/data`];
    prometheus = spawn('setpriv', [
      ...['--pdeathsig', 'KILL', 'prometheus', ...flags],
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    await vi.waitFor(() => query('up == 1').then((up) => expect(up).toHaveLength(1)), {
      timeout: 20_000,
      interval: 50,
    });
  }, 30_000);

  afterAll(async () => {
    await Promise.all(feeds.map((feed) => feed.close()));
    prometheus.kill('SIGKILL');
    await once(prometheus, 'exit');
    peer.close();
    scraped.close();
    rmSync(directory, { recursive: true });
  });

  it('has nothing to criticise in the names, units and texts of the metrics', async () => {
    const input = await register.metrics();

    expect(execFileSync('promtool', ['check', 'metrics'], { input, stdio: ['pipe', 'pipe', 'pipe'] }).toString()).toBe(
      '',
    );
  });

  it('scrapes a connection that works and one that is refused', async () => {
    feeds[0]!.messages.next('x');

    await vi.waitFor(
      async () => {
        const states = await query('rxwire_connections == 1');
        expect(Object.fromEntries(states.map(({ metric }) => [metric.feed, metric.state]))).toMatchObject({
          good: 'open',
        });
        const [received] = await query('rxwire_messages_received_total{feed="good"}');
        expect(Number(received?.value[1])).toBeGreaterThanOrEqual(2);
        const [refused] = await query('rxwire_failures_total{feed="refused",error="HandshakeError"} > 2');
        expect(refused).toBeDefined();
        const [since] = await query('time() - rxwire_last_message_timestamp_seconds{feed="good"}');
        expect(Number(since?.value[1])).toBeLessThan(30);
      },
      { timeout: 20_000, interval: 100 },
    );
  });

  it.each(dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr])))(
    'answers what the dashboard asks for %s: %s',
    async (_, expression) => {
      const asked = expression.replaceAll('$__rate_interval', '1m');

      await vi.waitFor(async () => expect(await query(asked)).not.toEqual([]), { timeout: 20_000, interval: 100 });
    },
  );

  it('takes the alerts, and raises each when it is due and not before', () => {
    const series = (name: string, values: string) => `{ series: '${name}', values: '${values}' }`;
    const file = join(directory, 'test.yml');
    const at = (time: string, alert: string, ...raised: string[]) => {
      const alerts = raised.map((labels) => `{ exp_labels: { ${labels} } }`);
      return `{ eval_time: ${time}, alertname: ${alert}, exp_alerts: [${alerts.join()}] }`;
    };
    writeFileSync(
      file,
      `rule_files: ['${process.cwd()}/${ALERTS}']
evaluation_interval: 10s
tests:
  - interval: 10s
    input_series:
      - ${series('rxwire_connections{state="failed"}', '0x5 1x60')}
      - ${series('rxwire_connections{state="reconnecting"}', '0x5 1x60')}
      - ${series('rxwire_connections{state="reconnecting",feed="unanswered"}', `0x5 ${'1 0 '.repeat(30)}`)}
      - ${series('rxwire_connections{state="connecting",feed="unanswered"}', `0x5 ${'0 1 '.repeat(30)}`)}
      - ${series('rxwire_connections{state="reconnecting",feed="back"}', '1x20 0x45')}
      - ${series('rxwire_connections_open', '1x65')}
      - ${series('rxwire_last_message_timestamp_seconds', '0 10 20 30 30x62')}
      - ${series('rxwire_connections_open{feed="mute"}', '0x5 1x60')}
      - ${series('rxwire_connections_open{feed="talks"}', '1x65')}
      - ${series('rxwire_last_message_timestamp_seconds{feed="talks"}', '0+10x65')}
      - ${series('rxwire_connections_open{feed="away"}', '0x65')}
      - ${series('rxwire_messages_dropped_total{reason="overflow"}', '0x5 3x60')}
    alert_rule_test:
      - ${at('40s', 'FeedFailed')}
      - ${at('70s', 'FeedFailed', 'severity: page, state: failed')}
      - ${at('5m', 'FeedIsAway')}
      - ${at('7m', 'FeedIsAway', 'severity: page', 'severity: page, feed: unanswered')}
      - ${at('100s', 'FeedIsSilent')}
      - ${at('125s', 'FeedIsSilent', 'severity: ticket, feed: mute')}
      - ${at('3m', 'FeedIsSilent', 'severity: ticket', 'severity: ticket, feed: mute')}
      - ${at('40s', 'FeedGivesUpMessages')}
      - ${at('70s', 'FeedGivesUpMessages', 'severity: ticket, reason: overflow')}
`,
    );

    const run = () => {
      const options: ExecFileSyncOptionsWithStringEncoding = { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' };
      try {
        execFileSync('promtool', ['check', 'rules', ALERTS], options);
        return execFileSync('promtool', ['test', 'rules', file], options);
      } catch (failed) {
        const { stdout, stderr } = failed as { stdout: string; stderr: string };
        return stdout + stderr;
      }
    };
    const withoutTexts = readFileSync(ALERTS, 'utf8').replace(/^ {8}annotations:\n(?: {10}.*\n)+/gm, '');
    const bare = join(directory, 'alerts.yml');
    writeFileSync(bare, withoutTexts);
    writeFileSync(file, readFileSync(file, 'utf8').replace(`${process.cwd()}/${ALERTS}`, bare));

    expect(run()).toContain('SUCCESS');
  });
});
