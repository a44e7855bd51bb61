import { renameSync, writeFileSync } from 'node:fs';

/** The wall clock of a process under `libfaketime`, which reads from a file by how many seconds it is wrong. */
export class WallClock {
  readonly #file: string;
  #offset = 0;

  constructor(file: string) {
    this.#file = file;
    this.#write();
  }

  /** Somebody sets it, forward or back. */
  step(milliseconds: number): void {
    this.#offset += milliseconds / 1000;
    this.#write();
  }

  /** In one step: another thread may read it at any time. */
  #write(): void {
    writeFileSync(`${this.#file}.new`, `${this.#offset < 0 ? '' : '+'}${this.#offset}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
