import { echoClient } from '../echo-client.js';
import { debianPackage } from '../installed.js';
import type { ServerKind } from '../server-kind.js';

/** Copies lines until it reads `go away`. */
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
  cannot: { binary: 'a message is a line of text; its binary mode does not keep messages apart' },
  answers: 'close 4000 local',
  closes: { when: 'its program ends', as: 'close 1006 remote unclean' },
  stops: 'close 1006 remote unclean',
};
