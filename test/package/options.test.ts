import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import ts from 'typescript';
import { timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import * as rxwire from '../../src/index.node.js';
import { collectMetrics } from '../../src/metrics/index.js';
import { collectMetrics as collectTelemetry } from '../../src/otel/index.js';
import { accept, closeWith, coldOn, pong, refuseWith, scriptedServer } from '../../src/testing/index.js';
import { wsTransport } from '../../src/transport/node.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const ENTRIES = [
  'src/index.ts',
  'src/testing/index.ts',
  'src/transport/node.ts',
  'src/angular/index.ts',
  'src/metrics/index.ts',
  'src/otel/index.ts',
].map(pathOf);

const program = ts.createProgram(ENTRIES, {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
});
const checker = program.getTypeChecker();

/** The optional properties of every public type of options, by its name. */
const OPTIONS = new Map(
  ENTRIES.flatMap((entry) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!))
    .filter(({ name }) => /^[A-Z].*(Options|Config|Defaults)$|^Acceptance$/.test(name))
    .map((symbol) => [
      symbol.name,
      checker
        .getDeclaredTypeOfSymbol(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
        .getProperties()
        .filter(({ flags }) => flags & ts.SymbolFlags.Optional),
    ]),
);

/** Not what is only missing where it is left out: to the checker that is another type. */
function mayBeUndefined(type: ts.Type): boolean {
  const isAnything = (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;
  return isAnything || (type.isUnion() && type.types.includes(checker.getUndefinedType()));
}

const feed = rxwire.observeWebSocket('ws://test');
const none = () => undefined as never;

/** What takes the options of a type, each beside what it needs. */
const TAKERS: Record<string, (options: never) => unknown> = {
  Acceptance: (options) => accept(options),
  BufferCountOrTimeOptions: (options) => rxwire.bufferCountOrTime(5, 5, options),
  TelemetryOptions: (options) => collectTelemetry(feed, options),
  CollectMetricsOptions: (options) => collectMetrics(feed, Object.assign(options, { register: new Registry() })),
  ConnectionPoolOptions: (options: object) =>
    rxwire.connectionPool({ create: () => feed, max: 1, keysPerConnection: 1, ...options }),
  HandshakeErrorOptions: (options) => new rxwire.HandshakeError('refused', options),
  HeartbeatOptions: (options) => rxwire.heartbeat(options),
  InSequenceOptions: (options) => rxwire.inSequence(none, options),
  JsonOptions: (options) => rxwire.json(options),
  LogLifecycleOptions: (options) => rxwire.logLifecycle(console, options),
  MergeMapBoundedOptions: (options) => rxwire.mergeMapBounded(() => [], options),
  MultiplexOptions: (options: object) => rxwire.multiplex(feed, { ...options, keyOf: none }),
  NativeTransportOptions: (options) => rxwire.nativeTransport(options),
  OutboxOptions: (outbox) => rxwire.observeWebSocket({ url: 'ws://test', outbox }),
  ReconnectOptions: (options) => feed.reconnect(options),
  RefreshOnUnauthorizedOptions: (options) => rxwire.refreshOnUnauthorized(() => [], options),
  RequestResponseOptions: (options: object) => rxwire.requestResponse(feed, { idOf: none, ...options }),
  RetryWithBackoffOptions: (options) => rxwire.retryWithBackoff(options),
  ScriptedServerOptions: (options) => scriptedServer(coldOn(), ['o'], {}, options),
  StopOnFatalCloseOptions: (options) => rxwire.stopOnFatalClose(options),
  WebSocketConfig: (options: object) => rxwire.observeWebSocket({ url: 'ws://test', ...options }),
  WebSocketErrorOptions: (options) => new rxwire.WebSocketError('down', options),
  WsTransportOptions: (options) => wsTransport(options),
};

/** All options of a type, undefined. */
const noneOf = (name: string) =>
  Object.fromEntries(OPTIONS.get(name)!.map((property) => [property.name, undefined])) as never;

/** What happens to a connection that breaks, is refused, silent and slow, and what its server and its logger see. */
function story(options: (name: string) => never): string[][] {
  const logs: string[][] = [];
  inVirtualTime(({ cold, at, flush }) => {
    const server = scriptedServer(cold, ['o--#', 'u', 'o-a-b 30s (abc)|', '20s o', 'o-s', 'of'], {
      u: refuseWith(401),
      s: pong(),
      f: closeWith(4403),
    });
    const lines: string[] = [];
    const log = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
    const feed = rxwire.observeWebSocket(
      { url: 'ws://test', ...(options('WebSocketConfig') as object), transport: server.transport },
      rxwire.heartbeat(options('HeartbeatOptions')),
      rxwire.refreshOnUnauthorized(() => [], options('RefreshOnUnauthorizedOptions')),
      rxwire.stopOnFatalClose(options('StopOnFatalCloseOptions')),
      rxwire.retryWithBackoff(options('RetryWithBackoffOptions')),
      rxwire.logLifecycle({ debug: log, info: log, warn: log, error: log }, options('LogLifecycleOptions')),
    );
    const slow = rxwire.mergeMapBounded(() => timer(5), options('MergeMapBoundedOptions'));
    at(1, () => feed.messages.next('sent'));
    logs.push(lines, record(feed.lifecycle, brief), record(feed.messages.pipe(slow)), record(server.sent));
    flush();
  });
  return logs;
}

/** Whose own tests ask what it takes: it needs Angular. */
const ELSEWHERE = ['WebSocketDefaults'];

describe('Options', () => {
  it('are all known here', () => {
    expect([...OPTIONS.keys()].sort()).toEqual([...Object.keys(TAKERS), ...ELSEWHERE].sort());
  });

  it.each([...OPTIONS])('of %s may be undefined, by their types', (_name, properties) => {
    const refusing = properties.filter((property) => !mayBeUndefined(checker.getTypeOfSymbol(property)));

    expect(refusing.map(({ name }) => name)).toEqual([]);
  });

  it.each(Object.entries(TAKERS))('of %s may be undefined when it runs', (name, take) => {
    expect(() => take(noneOf(name))).not.toThrow();
  });

  it('that are undefined are the defaults', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);

    const logs = story(noneOf);

    expect(logs).toEqual(story(() => undefined as never));
    expect(logs[1]!.at(-1)).toMatch(/# FatalCloseError$/);
  });
});
