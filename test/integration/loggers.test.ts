import { Writable } from 'node:stream';
import { Console } from 'node:console';
import { pino } from 'pino';
import { of } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createLogger, transports } from 'winston';
import { logLifecycle } from '../../operators/index.js';
import type { LifecycleLogger } from '../../operators/index.js';
import { close, connecting } from '../operators/lifecycle-events.js';

/** A stream that collects lines. */
function page() {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString().trimEnd());
      done();
    },
  });
  return { lines, stream };
}

describe('logLifecycle', () => {
  it('logs fields and a message to winston, which takes the message first', () => {
    const { lines, stream } = page();
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its types name an interface and a class alike
    const logger = createLogger({ level: 'silly', transports: [new transports.Stream({ stream })] });

    of(connecting(), close(1001))
      .pipe(logLifecycle(logger, { levels: { connecting: 'silly' } }))
      .subscribe();

    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { level: 'silly', type: 'connecting', attempt: 1, message: 'WebSocket connecting' },
      {
        ...{ level: 'info', type: 'close', code: 1001, reason: '', wasClean: true, initiator: 'remote' },
        message: 'WebSocket close',
      },
      { level: 'info', type: 'completed', message: 'WebSocket completed' },
    ]);
  });

  it('logs fields and a message to pino, also at the levels of pino', () => {
    const { lines, stream } = page();
    const logger = pino({ level: 'trace', base: null, timestamp: false }, stream);

    of(connecting(), close(1001))
      .pipe(logLifecycle(logger, { levels: { connecting: 'trace', completed: 'fatal' } }))
      .subscribe();

    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { level: 10, type: 'connecting', attempt: 1, msg: 'WebSocket connecting' },
      {
        ...{ level: 30, type: 'close', code: 1001, reason: '', wasClean: true, initiator: 'remote' },
        msg: 'WebSocket close',
      },
      { level: 60, type: 'completed', msg: 'WebSocket completed' },
    ]);
  });

  it('logs to a console', () => {
    const { lines, stream } = page();

    of(connecting(3))
      .pipe(logLifecycle(new Console(stream)))
      .subscribe();

    expect(lines).toEqual([
      "{ type: 'connecting', attempt: 3 } WebSocket connecting",
      "{ type: 'completed' } WebSocket completed",
    ]);
  });

  it('accepts only the levels that a logger has', () => {
    expectTypeOf(pino()).toExtend<LifecycleLogger>();
    expectTypeOf(console).toExtend<LifecycleLogger>();

    // @ts-expect-error -- the console has no such level
    expect(() => logLifecycle(console, { levels: { open: 'fatal' } })).toThrow(TypeError);
    // @ts-expect-error -- there is no such event
    expect(() => logLifecycle(pino(), { levels: { opened: 'info' } })).toThrow(RangeError);
    // @ts-expect-error -- a level is missing
    expect(() => logLifecycle({ debug() {}, info() {}, warn() {} })).toThrow(TypeError);
  });
});
