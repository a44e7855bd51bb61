import { asyncScheduler, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { accept, closeWith, ping, pong, refuseWith, scriptedServer, silence } from '../../src/testing/index.js';
import type { ScriptedServerOptions, ScriptStep } from '../../src/testing/index.js';
import type { ScriptedConnection } from '../../src/testing/script.js';
import { dial } from '../helpers/dial.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';

/** A socket of a scripted server, without a connection around it, and what its server notes. */
function dialled(
  { cold }: VirtualTime,
  script: string,
  values: Record<string, unknown> = {},
  options?: ScriptedServerOptions,
) {
  const server = scriptedServer(cold, [script], values, options);
  const log = record(server.log, ({ type }) => type);
  const frames = record(server.frames, ({ data }) => String(data));
  return { ...dial(server.transport, 'ws://test'), log, frames };
}

describe('A socket of a scripted server', () => {
  it('reports at once what comes when the client has it', () => {
    const steps = new Subject<ScriptStep>();
    const { reported } = dial(scriptedServer(() => steps, ['-']).transport, 'ws://test');

    steps.next(accept());

    expect(reported).toEqual([['onOpen', '', '', {}]]);
  });

  it('reports nothing behind its close, whatever else is on its way', () => {
    inVirtualTime((time) => {
      const { socket, reported } = dialled(time, '-o-(cap)', { c: closeWith(4000, 'bye'), p: pong() });
      time.at(2, () => socket.pause!());
      time.at(9, () => socket.resume!());

      time.flush();

      expect(reported.slice(1)).toEqual([['onClose', 4000, 'bye', true]]);
    });
  });

  it.each([200, 599])('reports the status that it was refused with, and an unclean end: %d', (status) => {
    inVirtualTime((time) => {
      const { reported } = dialled(time, 'r', { r: refuseWith(status) });

      time.flush();

      expect(reported).toMatchObject([
        ['onError', { name: 'HandshakeError', status }],
        ['onClose', 1006, '', false],
      ]);
    });
  });

  it('says that the script refused it, if nothing else is known', () => {
    inVirtualTime((time) => {
      const { reported } = dialled(time, '#');

      time.flush();

      expect(reported).toMatchObject([
        ['onError', { name: 'HandshakeError', message: 'Cannot connect to ws://test: refused by the script' }],
        ['onClose', 1006, '', false],
      ]);
    });
  });

  it('takes steps that another copy of the kit has made', () => {
    inVirtualTime((time) => {
      const step = (act: (connection: ScriptedConnection) => void) => ({
        [Symbol.for('rxwire.scriptStep')]: true,
        [Symbol.for('rxwire.scriptPong')]: true,
        act,
      });
      const p = step((connection) => connection.pong('theirs'));
      const { socket, reported } = dialled(time, '-o---p', { p });
      time.at(3, () => socket.ping!('asked'));

      time.flush();

      expect(reported.slice(1)).toEqual([['onPong', 'theirs']]);
    });
  });

  it.each([1000, 4999])('reports the code that the script closes with: %d', (code) => {
    inVirtualTime((time) => {
      const { reported } = dialled(time, '-oc', { c: closeWith(code) });

      time.flush();

      expect(reported.at(-1)).toEqual(['onClose', code, '', true]);
    });
  });

  it('reports pings and pongs, which have no payload if none is given', () => {
    inVirtualTime((time) => {
      const { reported } = dialled(time, '-opq', { p: ping(), q: pong() });

      time.flush();

      expect(reported.slice(1)).toEqual([
        ['onPing', ''],
        ['onPong', ''],
      ]);
    });
  });

  it('is closing until the server answers, which it never does where it is silent', () => {
    inVirtualTime((time) => {
      const { socket, reported } = dialled(time, '-os', { s: silence() });
      time.at(3, () => socket.close(1000, ''));

      time.flush();

      expect(socket.readyState).toBe(2);
      expect(reported.map(([kind]) => kind)).toEqual(['onOpen']);
    });
  });

  it('gives up at once while it is not open, though the server is silent', () => {
    inVirtualTime((time) => {
      const { socket, reported } = dialled(time, 's--o', { s: silence() });
      time.at(1, () => socket.close(1000, ''));

      time.flush();

      expect(socket.readyState).toBe(3);
      expect(reported).toEqual([['onClose', 1000, '', true]]);
    });
  });

  it('asks for no answer to what is sent before it is open, and none to what is sent behind its end', () => {
    inVirtualTime((time) => {
      const asked: unknown[] = [];
      const { socket } = dialled(time, '--o', {}, { reply: (message) => void asked.push(message) });
      time.at(1, () => socket.send('early'));
      time.at(3, () => socket.send('in time'));
      time.at(5, () => socket.close(1000, ''));
      time.at(6, () => socket.send('late'));

      time.flush();

      expect(asked).toEqual(['in time']);
    });
  });

  it.each(['close', 'terminate'] as const)('does nothing that its server would see behind its %s', (end) => {
    inVirtualTime((time) => {
      const { socket, log, frames } = dialled(time, '-o');
      time.at(2, () => socket.send('sent'));
      time.at(3, () => socket[end](1000, ''));
      time.at(4, () => {
        socket.send('late');
        socket.ping!('late');
        socket.close(1000, '');
        socket.terminate();
      });

      time.flush();

      expect(log).toEqual(['0 connect', '2 message', `3 ${end}`]);
      expect(frames).toEqual(['2 sent']);
    });
  });

  it('reads one thing after the other: what comes because of a message waits until that is read', () => {
    inVirtualTime((time) => {
      const { transport } = scriptedServer(time.cold, ['-oa']);
      const notes: string[] = [];
      const socket = transport.open(
        { url: 'ws://test', protocols: [], headers: {}, closeTimeout: 1000, scheduler: asyncScheduler },
        {
          onOpen: () => undefined,
          onMessage() {
            socket.ping!();
            notes.push('message');
          },
          onPing: () => undefined,
          onPong: () => notes.push('pong'),
          onError: () => undefined,
          onClose: () => undefined,
        },
      );

      time.flush();

      expect(notes).toEqual(['message', 'pong']);
    });
  });
});
