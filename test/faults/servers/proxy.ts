import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exhaustMap, filter, firstValueFrom, from, timeout, timer } from 'rxjs';
import { TestServer } from '../../helpers/server.js';

/** A kind of proxy. `idle` is its idle timeout in milliseconds. */
export interface ProxyKind {
  readonly name: string;
  readonly reload: NodeJS.Signals;
  /** Whether it would reload, where it may listen earlier: a signal that comes before that is lost. */
  isReady?(folder: string): Promise<boolean>;
  command(folder: string): readonly [program: string, ...args: string[]];
  configuration(ports: { readonly port: number; readonly upstream: number; readonly idle: number }): string;
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

export const nginx: ProxyKind = {
  name: 'nginx',
  reload: 'SIGHUP',
  command: (folder) => ['nginx', '-p', folder, '-c', 'configuration', '-e', 'stderr'],
  configuration: ({ port, upstream, idle }) => `
    daemon off;
    pid nginx.pid;
    worker_processes 1;
    worker_shutdown_timeout 100ms;
    events {}
    http {
      access_log off;
      error_log stderr crit;
      ${TEMPORARY.map((name) => `${name}_temp_path ${name};`).join(' ')}
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://127.0.0.1:${upstream};
          proxy_http_version 1.1;
          proxy_set_header upgrade $http_upgrade;
          proxy_set_header connection upgrade;
          proxy_read_timeout ${idle}ms;
        }
      }
    }`,
};

export const haproxy: ProxyKind = {
  name: 'haproxy',
  reload: 'SIGUSR2',
  isReady: async (folder) => (await ask(join(folder, 'master'), 'show proc\n')).includes('worker'),
  command: (folder) => ['haproxy', '-W', '-q', '-S', join(folder, 'master'), '-f', join(folder, 'configuration')],
  configuration: ({ port, upstream, idle }) => `
    global
      hard-stop-after 100ms
    defaults
      mode http
      retries 0
      timeout connect 1s
      timeout client 1h
      timeout server 1h
      timeout tunnel ${idle}ms
    listen proxy
      bind 127.0.0.1:${port}
      server upstream 127.0.0.1:${upstream}`,
};

/** A real proxy in front of a server on the loopback. */
export class Proxy {
  readonly port: number;
  readonly #kind: ProxyKind;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(kind: ProxyKind, port: number, folder: string, process: ChildProcess) {
    this.#kind = kind;
    this.port = port;
    this.#folder = folder;
    this.#process = process;
  }

  static async start(kind: ProxyKind, upstream: number, idle: number): Promise<Proxy> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), `rxwire-${kind.name}-`));
    await writeFile(join(folder, 'configuration'), `${kind.configuration({ port, upstream, idle })}\n`);
    const [program, ...args] = kind.command(folder);
    const process = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    await becomes(() => listensAt(port));
    await becomes(() => kind.isReady?.(folder) ?? Promise.resolve(true));
    return new Proxy(kind, port, folder, process);
  }

  url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** nginx answers every new request with a status from now on, or, without one, proxies again. */
  async answerWith(status?: number): Promise<void> {
    const path = join(this.#folder, 'configuration');
    const now = await readFile(path, 'utf8');
    const proxying = now.replace(/return \d+; #/, '');
    const next = status === undefined ? proxying : proxying.replace('proxy_pass', `return ${status}; #proxy_pass`);
    await writeFile(path, next);
    this.reload();
  }

  /** Reloads its configuration. Old connections end within a tenth of a second. */
  reload(): void {
    this.#process.kill(this.#kind.reload);
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exited;
    await rm(this.#folder, { recursive: true });
  }
}

/** Proxies cannot choose a free port, so this returns one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = await TestServer.start();
  const { port } = server;
  await server.stop();
  return port;
}

function becomes(isSo: () => Promise<boolean>): Promise<boolean> {
  return firstValueFrom(
    timer(0, 20).pipe(
      exhaustMap(() => from(isSo())),
      filter(Boolean),
      timeout(5000),
    ),
  );
}

function listensAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** @returns the answer to a command over a Unix socket, or nothing where there is no answer yet */
function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(path, () => socket.end(command));
    socket
      .on('data', (data) => (answer += String(data)))
      .on('error', () => resolve(''))
      .on('close', () => resolve(answer));
  });
}
