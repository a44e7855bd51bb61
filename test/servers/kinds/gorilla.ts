import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { echoClient } from '../echo-client.js';
import { debianPackage } from '../installed.js';
import type { ServerKind } from '../server-kind.js';

const SOURCE = fileURLToPath(new URL('../programs/echo.go', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/rxwire-servers/', import.meta.url));
const PROGRAM = `${CACHE}echo`;

export const gorilla: ServerKind = {
  name: 'gorilla',
  version: () => debianPackage('golang-go') && debianPackage('golang-github-gorilla-websocket-dev'),
  build: () =>
    execFileSync('go', ['build', '-o', PROGRAM, SOURCE], {
      env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: `${CACHE}go` },
    }),
  command: ({ port }) => [PROGRAM, String(port)],
  connect: echoClient,
  protocol: '',
  letter: '…',
  cannot: {},
  answers: 'close 4000 local',
  closes: { when: 'its handler closes', as: 'close 4001 gone remote' },
  stops: 'close 1006 remote unclean',
};
