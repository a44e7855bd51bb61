import { echoClient } from '../echo-client.js';
import { debianPackage } from '../installed.js';
import type { ServerKind } from '../server-kind.js';

/** Copies line by line, until it is told to go. */
const COPY = '$_ eq "go away\\n" and exit or print';

export const websocketd: ServerKind = {
  name: 'websocketd',
  version: () => debianPackage('websocketd'),
  command: ({ port }) => [
    'websocketd',
    `--port=${port}`,
    '--address=127.0.0.1',
    '--loglevel=error',
    ...['perl', '-ne', `BEGIN { $| = 1 } ${COPY}`],
  ],
  connect: echoClient,
  protocol: '',
  letter: '…',
  cannot: { binary: 'a message is a line of text; in its binary mode messages have no bounds' },
  answers: 'close 4000 local',
  closes: { when: 'its program ends', as: 'close 1006 remote unclean' },
  stops: 'close 1006 remote unclean',
};
