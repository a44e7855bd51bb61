import { writeFileSync } from 'node:fs';
import { debianPackage } from '../installed.js';
import type { ServerKind } from '../server-kind.js';
import { pythonWebsockets } from './python-websockets.js';

const config = (directory: string, port: number, upstream: number) => `
daemon off;
pid ${directory}/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }
  }
}
`;

export const nginx: ServerKind = {
  ...pythonWebsockets,
  name: 'nginx',
  version: () => pythonWebsockets.version() && debianPackage('nginx-light'),
  inFrontOf: pythonWebsockets,
  command: ({ port, directory, upstream }) => {
    writeFileSync(`${directory}/nginx.conf`, config(directory, port, upstream!));
    return ['/usr/sbin/nginx', '-c', `${directory}/nginx.conf`];
  },
  stops: 'close 1006 remote unclean',
};
