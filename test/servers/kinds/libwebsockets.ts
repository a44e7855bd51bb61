import { concatMap } from 'rxjs';
import { observeWebSocket, onOpen, text } from '../../../src/index.node.js';
import type { Supervision } from '../../../src/index.node.js';
import { debianPackage } from '../installed.js';
import type { Client, ServerKind } from '../server-kind.js';

/** Its mirror keeps the text, and cuts it anew into messages: here what is said is a line. */
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
  const startAfresh = onOpen(() => void (begun = []));
  const connection = observeWebSocket<string>(
    { url, protocols: 'lws-mirror-protocol', codec: text() },
    startAfresh,
    ...supervision,
  );
  return {
    connection,
    heard: connection.messages.pipe(concatMap(read)),
    say: (line) => connection.messages.next(`${String(line)}\n`),
    provoke: () => {
      throw new Error('Nothing makes the mirror close.');
    },
  };
}

/** A counter, which closes when it is asked to. */
function connectToProvoke(url: string, ...supervision: Supervision[]): Client {
  const connection = observeWebSocket<string>(
    { url, protocols: 'dumb-increment-protocol', codec: text() },
    ...supervision,
  );
  return {
    connection,
    heard: connection.messages,
    say: () => {},
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
  letter: '.', // it may cut a longer one in two
  cannot: { binary: 'its mirror makes text of all that it gets' },
  answers: 'close 4000 enough local',
  closes: { when: 'it is asked to', as: 'close 1001 seeya remote' },
  stops: 'close 1006 remote unclean',
};
