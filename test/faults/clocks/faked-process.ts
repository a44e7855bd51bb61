import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromEvent, takeUntil } from 'rxjs';
import type { Observable } from 'rxjs';
import { Child } from '../../helpers/child.js';
import { builtProgram } from '../../helpers/program.js';
import { WallClock } from './wall-clock.js';

/** The dynamic linker knows `$LIB`. */
const LIBFAKETIME = '/usr/$LIB/faketime/libfaketimeMT.so.1';

/** A program whose wall clock can be set, and whose monotonic clock is real. */
export class FakedProcess extends Child {
  readonly clock: WallClock;
  protected readonly process: ChildProcess;
  readonly #folder: string;

  constructor(program: string, ...args: readonly string[]) {
    super();
    this.#folder = mkdtempSync(join(tmpdir(), 'rxwire-clock-'));
    const clockFile = join(this.#folder, 'clock');
    this.clock = new WallClock(clockFile);
    this.process = spawn(process.execPath, [builtProgram(program), clockFile, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...process.env,
        LD_PRELOAD: LIBFAKETIME,
        FAKETIME_TIMESTAMP_FILE: clockFile,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    });
  }

  /** What it sends, until it has ended. */
  get messages(): Observable<unknown> {
    return fromEvent(this.process, 'message', (message: unknown) => message).pipe(
      takeUntil(fromEvent(this.process, 'disconnect')),
    );
  }

  /** Gives it the word that it waits for. */
  ask(): void {
    this.process.send('now');
  }

  override async kill(): Promise<void> {
    await super.kill();
    rmSync(this.#folder, { recursive: true });
  }
}
