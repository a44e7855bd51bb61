import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A program in a process of its own, to be killed or stopped. */
export abstract class Child {
  protected abstract readonly process: ChildProcess;

  get pid(): number {
    return this.process.pid!;
  }

  /** No goodbye: the kernel closes its sockets. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'close');
    this.process.kill('SIGKILL');
    await exited;
  }

  /** Its sockets stay open, and nobody is behind them. */
  freeze(): void {
    this.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.process.kill('SIGCONT');
  }
}
