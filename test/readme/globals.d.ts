/* What the README's code blocks may take for granted. */
import type * as rxjs from 'rxjs';
import type * as rxwire from '../../src/index.node.js';
import type * as node from '../../src/transport/node.js';
import type { expect as vitestExpect } from 'vitest';

declare global {
  interface Trade {
    id: number;
    symbol: string;
    price: number;
  }
  interface Command {
    op: string;
    channel: string;
  }
  const feed: rxwire.WebSocketConnection<Trade, Command>;
  const token: string;
  function freshToken(): Promise<string>;
  function save(trades: unknown): Promise<void>;
  function show(status: string): void;
  function onOpen(event: rxwire.OpenEvent): void;
  function onClose(event: rxwire.CloseEvent): void;
  function onError(error: unknown): void;
  function onMessage(trade: Trade): void;
  const observeWebSocket: typeof rxwire.observeWebSocket;
  const retryWithBackoff: typeof rxwire.retryWithBackoff;
  const heartbeat: typeof rxwire.heartbeat;
  const stopOnFatalClose: typeof rxwire.stopOnFatalClose;
  const bufferCountOrTime: typeof rxwire.bufferCountOrTime;
  const ofType: typeof rxwire.ofType;
  const multiplex: typeof rxwire.multiplex;
  const requestResponse: typeof rxwire.requestResponse;
  const connectionPool: typeof rxwire.connectionPool;
  const fatalCloseCodes: typeof rxwire.fatalCloseCodes;
  const wsTransport: typeof node.wsTransport;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- one of its overloads is, and the README does not use that one
  const concatMap: typeof rxjs.concatMap;
  const take: typeof rxjs.take;
  const expect: typeof vitestExpect;
}
