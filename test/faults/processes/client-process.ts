import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { filter, firstValueFrom, fromEvent, map, ReplaySubject, skip, takeUntil } from 'rxjs';
import type { ConnectionState, LifecycleEvent } from '../../../src/index.node.js';
import { Child } from '../../helpers/child.js';
import { builtProgram } from '../../helpers/program.js';
import type { Pace } from '../clients/client.js';
import type { Trace } from '../trace.js';

/** What the parent wants of the client. */
export type Order =
  | { readonly name: 'block'; readonly milliseconds: number }
  | { readonly name: 'takeFiles' | 'giveFilesBack' | 'finish' };

/** What the client has seen, at its end. */
export interface ClientReport {
  readonly events: readonly { readonly type: LifecycleEvent['type']; readonly count: number }[];
  readonly states: readonly ConnectionState['status'][];
  readonly handedOver: readonly number[];
  /** The errors of connections and attempts that it did not end itself. */
  readonly losses: readonly string[];
  readonly messages: Trace['messages'];
  readonly stats: { readonly sent: number; readonly queued: number; readonly dropped: number };
  /** How many messages its user sent. */
  readonly sent: number;
  /** How many more files are open than before its first attempt. */
  readonly filesLeft: number;
}

/** An event of the client, when it was known here. */
export interface Seen {
  readonly type: LifecycleEvent['type'];
  readonly at: number;
}

/** A client in a process of its own, which another program may run: one that makes its system calls fail. */
export class ClientProcess extends Child {
  protected readonly process: ChildProcess;
  readonly #seen = new ReplaySubject<Seen>();
  readonly #report: Promise<ClientReport>;

  /** @param wrapper the program that runs it, with its arguments */
  constructor(url: string, pace: Pace, wrapper: readonly string[] = []) {
    super();
    const [program, ...args] = [
      ...wrapper,
      process.execPath,
      builtProgram('client-program'),
      JSON.stringify({ url, pace }),
    ];
    this.process = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const messages = fromEvent(this.process, 'message', (message: unknown) => message).pipe(
      takeUntil(fromEvent(this.process, 'disconnect')),
    );
    messages
      .pipe(
        filter((message): message is Omit<Seen, 'at'> => 'type' in (message as object)),
        map((seen) => ({ ...seen, at: performance.now() })),
      )
      .subscribe(this.#seen);
    this.#report = firstValueFrom(
      messages.pipe(
        filter((message): message is { report: ClientReport } => 'report' in (message as object)),
        map(({ report }) => report),
      ),
    );
    this.#report.catch(() => {}); // reported by `finish`
  }

  /** The n-th event of a type, as soon as it is there. */
  next(type: LifecycleEvent['type'], n = 1): Promise<Seen> {
    return firstValueFrom(
      this.#seen.pipe(
        filter((seen) => seen.type === type),
        skip(n - 1),
      ),
    );
  }

  order(order: Order): void {
    this.process.send(order);
  }

  /** It closes its connection, and has nothing left to do. @returns what it has seen, and how its process ended */
  async finish(): Promise<ClientReport & { readonly exit: number | null }> {
    const exited = once(this.process, 'exit') as Promise<[number | null]>;
    this.order({ name: 'finish' });
    const report = await this.#report;
    const [exit] = await exited;
    return { ...report, exit };
  }

  /** What a wrapper runs ends with its channel. */
  override async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    if (this.process.connected) this.process.disconnect();
    this.process.kill('SIGKILL');
    await exited;
  }
}
