import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { closeWith, coldOn, expectLifecycle, recorded, scriptedServer, silence } from '../../src/testing/index.js';
import type {
  ClientAction,
  ClientFrame,
  LifecycleExpectation,
  RecordedClientEvent,
  RecordedConnection,
  RecordedEvent,
  RecordedScripts,
  RecordedServerEvent,
  Recording,
  ScriptedServerOptions,
  ScriptStep,
  ServerLogEntry,
} from '../../src/testing/index.js';

interface Command {
  readonly op: string;
}

describe('A server that answers', () => {
  it('knows the messages as the test types them', () => {
    const reply = ({ op }: Command, connection: number) => (op === 'log in' ? { user: connection } : closeWith(4400));
    const server = scriptedServer(coldOn(), ['o'], {}, { reply });

    expectTypeOf(server.log).toEqualTypeOf<Observable<ServerLogEntry>>();
    expectTypeOf(server.frames).toEqualTypeOf<Observable<ClientFrame>>();
    expectTypeOf<ClientFrame['data']>().toEqualTypeOf<string | Uint8Array>();
    expectTypeOf<{ reply: typeof reply }>().toExtend<ScriptedServerOptions>();
    expectTypeOf<ScriptedServerOptions['reply']>().exclude<undefined>().parameter(1).toEqualTypeOf<number>();
    expectTypeOf(silence()).toEqualTypeOf<ScriptStep>();
  });

  it('has a log that is narrowed by its type', () => {
    const read = (entry: ServerLogEntry) => {
      expectTypeOf(entry.connection).toEqualTypeOf<number>();
      if (entry.type === 'close') expectTypeOf(entry.code).toEqualTypeOf<number>();
      if (entry.type === 'connect') expectTypeOf(entry.url).toEqualTypeOf<string>();
      if (entry.type === 'message') expectTypeOf(entry.message).toEqualTypeOf<unknown>();
      if (entry.type === 'ping' || entry.type === 'pong') expectTypeOf(entry.payload).toEqualTypeOf<string>();
      // @ts-expect-error -- a terminated connection has no code
      return entry.type === 'terminate' && entry.code;
    };

    expectTypeOf(read).toBeFunction();
    expectTypeOf<ClientAction['type']>().toEqualTypeOf<
      'connect' | 'message' | 'ping' | 'pong' | 'close' | 'terminate' | 'pause' | 'resume'
    >();
  });
});

describe('A recording', () => {
  it('stands in place of scripts', () => {
    const session: Recording = { version: 1, connections: [] };
    const server = () => scriptedServer(coldOn(), recorded(session), {}, { reply: () => undefined });

    expectTypeOf(server).toBeFunction();
    expectTypeOf(recorded).returns.toEqualTypeOf<RecordedScripts>();
    expectTypeOf<Recording['connections'][number]>().toEqualTypeOf<RecordedConnection>();
    expectTypeOf<RecordedEvent>().toEqualTypeOf<RecordedServerEvent | RecordedClientEvent>();
  });

  it('may be JSON that is imported, whose types are wide', () => {
    const json = { version: 1, connections: [{ at: 0, url: 'ws://test', events: [{ at: 2, type: 'open' }] }] };
    const scripts = () => recorded(json);
    // @ts-expect-error -- has no version
    const nothing = () => recorded({});

    expectTypeOf([scripts, nothing]).toBeArray();
  });
});

describe('expectLifecycle', () => {
  it('takes a connection of any types, or a lifecycle', () => {
    const feed = observeWebSocket<string, Command>('ws://test');
    const each = () => [expectLifecycle(feed), expectLifecycle(feed.lifecycle, '--!')];

    expectTypeOf(each).returns.toEqualTypeOf<LifecycleExpectation[]>();
    expectTypeOf<Observable<LifecycleEvent>>().toExtend<Parameters<typeof expectLifecycle>[0]>();
    // @ts-expect-error -- messages are no lifecycle
    const messages = () => expectLifecycle(feed.messages);
    expectTypeOf(messages).toBeFunction();
  });
});
