import { fileURLToPath } from 'node:url';
import { echoClient } from '../echo-client.js';
import { debianPackage } from '../installed.js';
import type { ServerKind } from '../server-kind.js';

const PROGRAM = fileURLToPath(new URL('../programs/echo.py', import.meta.url));

export const pythonWebsockets: ServerKind = {
  name: 'Python websockets',
  version: () => debianPackage('python3-websockets'),
  command: ({ port }) => ['/usr/bin/python3', PROGRAM, String(port)],
  connect: echoClient,
  protocol: '',
  letter: '…',
  cannot: {},
  answers: 'close 4000 enough local',
  closes: { when: 'its handler closes', as: 'close 4001 gone remote' },
  stops: 'close 1001 remote',
};
