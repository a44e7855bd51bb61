import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { collectGarbageOf } from '../helpers/leftovers.js';
import { freePort } from './free-port.js';
import type { Place, ServerKind } from './server-kind.js';

/** A server of some kind, in a process that ends with this one. */
export class ForeignServer {
  /** Unknown here. */
  readonly clients = 0;
  readonly #kind: ServerKind;
  readonly #place: Place;
  #process!: ChildProcess;
  #stopCompanion: () => void = () => {};

  private constructor(kind: ServerKind, place: Place) {
    this.#kind = kind;
    this.#place = place;
  }

  static async start(kind: ServerKind): Promise<ForeignServer> {
    const upstream = kind.inFrontOf && (await ForeignServer.start(kind.inFrontOf));
    const server = new ForeignServer(kind, {
      port: await freePort(),
      directory: mkdtempSync(join(tmpdir(), 'rxwire-')),
      upstream: upstream?.port,
    });
    collectGarbageOf(server);
    await server.#launch();
    return server;
  }

  get port(): number {
    return this.#place.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Stops it with SIGTERM, and starts it again on the same port. */
  async restart(): Promise<void> {
    await this.#end();
    await this.#launch();
  }

  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.#place.directory, { recursive: true });
  }

  async #launch(): Promise<void> {
    const path = join(this.#place.directory, 'log');
    const log = openSync(path, 'w');
    // A killed test process cannot stop it, so the kernel does.
    const command = ['--pdeathsig', 'TERM', ...this.#kind.command(this.#place)];
    this.#process = spawn('setpriv', command, { stdio: ['ignore', log, log] });
    await vi
      .waitFor(() => this.#answers(), { timeout: 10_000, interval: 10 })
      .catch((cause: unknown) => {
        throw new Error(`${this.#kind.name} does not start:\n${readFileSync(path, 'utf8')}`, { cause });
      });
    this.#stopCompanion = this.#kind.accompany?.(this.#place) ?? (() => {});
  }

  async #answers(): Promise<void> {
    const probe = connect(this.port, '127.0.0.1');
    try {
      await once(probe, 'connect');
    } finally {
      probe.destroy();
    }
  }

  async #end(): Promise<void> {
    this.#stopCompanion();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const killTimer = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(killTimer);
  }
}
