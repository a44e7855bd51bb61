/* The globals of the code blocks in the README and the guides. */
import type * as fs from 'node:fs';
import type * as stream from 'node:stream';
import type * as streams from 'node:stream/promises';
import type * as zlib from 'node:zlib';
import type * as rxjs from 'rxjs';
import type * as rxwire from '../../src/index.node.js';
import type * as node from '../../src/transport/node.js';

declare global {
  type LifecycleEvent = rxwire.LifecycleEvent;
  interface Trade {
    id: number;
    symbol: string;
    price: number;
  }
  interface Command {
    op: string;
    channel: string;
  }
  interface Reply {
    op: string;
  }
  interface LogIn {
    op: string;
    token: string;
  }
  /** Of docs/exchange.md. */
  interface BookMessage {
    type: 'snapshot' | 'change' | 'answer' | 'asked';
    symbol: string;
    first: number;
    last: number;
    changes: readonly unknown[];
    channel?: number;
    id?: number;
    error?: string;
  }
  interface Ask {
    op: string;
    id: number;
    symbols?: readonly string[];
    channel?: unknown;
  }
  /** Of docs/cookbook.md. */
  interface Order {
    id: number;
    amount: number;
  }
  type Levels = Map<number, number>;
  function applyChanges(levels: Levels, changes: readonly unknown[]): Levels;
  function audit(event: LifecycleEvent): Promise<void>;
  const language: rxjs.BehaviorSubject<string>;
  /** Of docs/which-operator.md. */
  const url: string;
  const ca: string;
  const error: unknown;
  class Book {
    last: number;
    apply(changes: readonly unknown[]): void;
  }
  const exchange: rxwire.WebSocketConnection<BookMessage, Ask>;
  const pool: rxwire.ConnectionPool<BookMessage, Ask>;
  const topics: rxwire.Topics<string, BookMessage>;
  const symbols: readonly string[];
  const books: Map<string, Book>;
  function loadSnapshot(symbol: string): Promise<BookMessage>;
  const feed: rxwire.WebSocketConnection<Trade, Command>;
  const source: rxwire.WebSocketConnection<Command>;
  const commands: Iterable<Command>;
  const token: string;
  function freshToken(): Promise<string>;
  function save(trades: unknown): Promise<void>;
  function show(status: string): void;
  function handleOpen(event: rxwire.OpenEvent): void;
  function handleClose(event: rxwire.CloseEvent): void;
  function handleError(error: unknown): void;
  function handleMessage(trade: Trade): void;
  const observeWebSocket: typeof rxwire.observeWebSocket;
  const retryWithBackoff: typeof rxwire.retryWithBackoff;
  const heartbeat: typeof rxwire.heartbeat;
  const stopOnFatalClose: typeof rxwire.stopOnFatalClose;
  const mergeMapBounded: typeof rxwire.mergeMapBounded;
  const inSequence: typeof rxwire.inSequence;
  const text: typeof rxwire.text;
  const bufferCountOrTime: typeof rxwire.bufferCountOrTime;
  const logLifecycle: typeof rxwire.logLifecycle;
  const onOpen: typeof rxwire.onOpen;
  const refreshOnUnauthorized: typeof rxwire.refreshOnUnauthorized;
  const json: typeof rxwire.json;
  const ofType: typeof rxwire.ofType;
  const WebSocketError: typeof rxwire.WebSocketError;
  const multiplex: typeof rxwire.multiplex;
  const requestResponse: typeof rxwire.requestResponse;
  const connectionPool: typeof rxwire.connectionPool;
  const fatalCloseCodes: typeof rxwire.fatalCloseCodes;
  const completeOnClose: typeof rxwire.completeOnClose;
  const online: typeof rxwire.online;
  const wsTransport: typeof node.wsTransport;
  const switchMap: <T, O extends rxjs.ObservableInput<unknown>>(
    project: (value: T) => O,
  ) => rxjs.OperatorFunction<T, rxjs.ObservedValueOf<O>>;
  const take: typeof rxjs.take;
  const first: typeof rxjs.first;
  const Readable: typeof stream.Readable;
  const pipeline: typeof streams.pipeline;
  const createGzip: typeof zlib.createGzip;
  const createWriteStream: typeof fs.createWriteStream;
  /* eslint-disable @typescript-eslint/no-deprecated -- some of their overloads are, but the pages do not use them */
  const concatMap: typeof rxjs.concatMap;
  const filter: typeof rxjs.filter;
  const map: typeof rxjs.map;
  const mergeMap: typeof rxjs.mergeMap;
  const retry: typeof rxjs.retry;
  const tap: typeof rxjs.tap;
  const throttleTime: typeof rxjs.throttleTime;
  const timer: typeof rxjs.timer;
  const EMPTY: typeof rxjs.EMPTY;
  /* eslint-enable @typescript-eslint/no-deprecated */
  const timeout: typeof rxjs.timeout;
  const Subject: typeof rxjs.Subject;
}
