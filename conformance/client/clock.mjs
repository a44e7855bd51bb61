import { mkdtempSync, readdirSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The library that sets the wall clock of a process, where Debian's package `faketime` is installed. */
const LIBRARY = (existsSync('/usr/lib') ? readdirSync('/usr/lib') : [])
  .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
  .find(existsSync);

/** The wall clock of a process, which can be set. */
export class Clock {
  static isThere = LIBRARY !== undefined;
  #folder = mkdtempSync(join(tmpdir(), 'clock-'));
  #file = join(this.#folder, 'offset');
  #offset = 0;

  constructor() {
    this.#write();
  }

  /** The environment of the process. */
  get env() {
    return {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** @param {number} milliseconds forward, or back */
  step(milliseconds) {
    this.#offset += milliseconds / 1000;
    this.#write();
  }

  remove() {
    rmSync(this.#folder, { recursive: true });
  }

  // By a rename, because another thread may read it at any time.
  #write() {
    writeFileSync(`${this.#file}.new`, `${this.#offset < 0 ? '' : '+'}${this.#offset}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
