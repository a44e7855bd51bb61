import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Observable } from 'rxjs';

/** V8's young generation takes what it is given; kept small, memory tells what a program holds. */
const FLAGS = ['--max-semi-space-size=8'];

/** How a program ended: by whose signal, or with which status. */
export interface Ended {
  readonly signal: string | null;
  readonly status: number | null;
}

/**
 * Runs a program of this folder in a process of its own: emits what it tells, and completes when it has ended, by its
 * own will or killed. Unsubscribing kills it.
 */
export function run<Report>(
  name: string,
  settings: object,
  kills: Observable<unknown>,
  ended: (how: Ended) => void,
): Observable<Report> {
  return new Observable((subscriber) => {
    const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [JSON.stringify(settings)], {
      execArgv: FLAGS,
    });
    const kill = () => child.kill('SIGKILL');
    child.on('message', (report) => subscriber.next(report as Report));
    child.on('exit', (status, signal) => {
      if (!subscriber.closed) ended({ status, signal });
      subscriber.complete();
    });
    subscriber.add(kills.subscribe(kill));
    return kill;
  });
}

/** In such a program: what it was given. It ends with whoever started it. */
export function givenSettings(): unknown {
  process.on('disconnect', () => process.exit());
  return JSON.parse(process.argv[2]!);
}

/** In such a program: tells whoever started it. */
export function tell(report: object): void {
  process.send?.(report);
}
