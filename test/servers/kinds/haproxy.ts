import { writeFileSync } from 'node:fs';
import { debianPackage } from '../installed.js';
import type { ServerKind } from '../server-kind.js';
import { gorilla } from './gorilla.js';

const config = (port: number, upstream: number) => `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
listen proxy
  bind 127.0.0.1:${port}
  server upstream 127.0.0.1:${upstream}
`;

export const haproxy: ServerKind = {
  ...gorilla,
  name: 'haproxy',
  version: () => gorilla.version() && debianPackage('haproxy'),
  inFrontOf: gorilla,
  command: ({ port, directory, upstream }) => {
    writeFileSync(`${directory}/haproxy.cfg`, config(port, upstream!));
    return ['/usr/sbin/haproxy', '-f', `${directory}/haproxy.cfg`];
  },
  stops: 'close 1006 remote unclean',
};
