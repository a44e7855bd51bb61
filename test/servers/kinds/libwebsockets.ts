import { concatMap } from 'rxjs';
import { observeWebSocket, onOpen, text } from '../../../src/index.node.js';
import type { Supervision } from '../../../src/index.node.js';
import { debianPackage } from '../installed.js';
import type { Client, ServerKind } from '../server-kind.js';

/** Its mirror splits the text into other messages. So this client sends lines, and puts them together again. */
function connect(url: string, ...supervision: Supervision[]): Client {
  let begun: string[] = [];
  const read = (piece: string) => {
    const [end, ...others] = piece.split('\n') as [string, ...string[]];
    begun.push(end);
    if (others.length === 0) return [];
    const line = begun.join('');
    begun = [others.pop()!];
    return [line, ...others];
  };
  const reset = onOpen(() => void (begun = []));
  const connection = observeWebSocket<string>(
    { url, protocols: 'lws-mirror-protocol', codec: text() },
    reset,
    ...supervision,
  );
  return {
    connection,
    received: connection.messages.pipe(concatMap(read)),
    send: (line) => connection.messages.next(`${String(line)}\n`),
    provoke: () => {
      throw new Error('The mirror never closes.');
    },
  };
}

/** Its counter closes when a message asks for it. */
function connectToProvoke(url: string, ...supervision: Supervision[]): Client {
  const connection = observeWebSocket<string>(
    { url, protocols: 'dumb-increment-protocol', codec: text() },
    ...supervision,
  );
  return {
    connection,
    received: connection.messages,
    send: () => {},
    provoke: () => connection.messages.next('closeme\n'),
  };
}

export const libwebsockets: ServerKind = {
  name: 'libwebsockets',
  version: () => debianPackage('libwebsockets-test-server'),
  command: ({ port }) => ['libwebsockets-test-server', `--port=${port}`, '--interface=lo'],
  connect,
  connectToProvoke,
  protocol: 'lws-mirror-protocol',
  letter: '.', // it may split a letter of several bytes
  cannot: { binary: 'its mirror turns everything into text' },
  answers: 'close 4000 enough local',
  closes: { when: 'a message asks for it', as: 'close 1001 seeya remote' },
  stops: 'close 1006 remote unclean',
};
