import { Subject } from 'rxjs';
import { inject } from 'vitest';
import type { Transport } from '../../src/index.js';
import type { ClientClose, ScriptedRequest } from '../../src/testing/index.js';
import type { ContractServer } from '../contract/contract.js';
import { dataOf, valuesToWire } from './wire.js';
import type { Order, Report } from './wire.js';

/** Starts a real server in Node for this page. `close` stops it. */
export function hostedServer(
  transport: Transport,
  scripts: readonly string[],
  values: Readonly<Record<string, unknown>> = {},
): Promise<ContractServer> {
  const sent = new Subject<unknown>();
  const closes = new Subject<ClientClose>();
  const connections: ScriptedRequest[] = [];
  const host = new WebSocket(inject('scriptHost'));
  const gone = new Promise<void>((resolve) => (host.onclose = () => resolve()));
  const close = () => {
    host.close();
    return gone;
  };

  host.onopen = () => host.send(JSON.stringify({ scripts, values: valuesToWire(values) } satisfies Order));
  return new Promise((resolve, reject) => {
    host.onerror = () => reject(new Error('There is no host for scripts.'));
    host.onmessage = ({ data }: MessageEvent<string>) => {
      const report = JSON.parse(data) as Report;
      if (report.url) resolve({ url: report.url, transport, sent, closes, connections, close });
      if (report.sent !== undefined) sent.next(dataOf(report.sent));
      if (report.close) closes.next(report.close);
      if (report.connection) connections.push(report.connection);
    };
  });
}
