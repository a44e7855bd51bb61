import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { forkJoin, fromEvent, Observable, take } from 'rxjs';

/** With a small young generation of V8, resident memory shows what a program holds. */
const FLAGS = ['--max-semi-space-size=8'];

/** How a program exited: with a signal, or with a status. */
export interface Exit {
  readonly signal: string | null;
  readonly status: number | null;
}

/**
 * Runs a program of this folder in a process of its own. Emits its reports, and completes when it exits, also when it is
 * killed. Unsubscribing kills it.
 *
 * @param signals are sent to it
 */
export function run<Report>(
  name: string,
  settings: object,
  signals: Observable<NodeJS.Signals>,
  exited: (how: Exit) => void,
): Observable<Report> {
  return new Observable((subscriber) => {
    const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [JSON.stringify(settings)], {
      execArgv: FLAGS,
    });
    child.on('message', (report) => subscriber.next(report as Report));
    const exit = fromEvent(child, 'exit', (status: number | null, signal: string | null) => ({ status, signal }));
    // It may have exited before its last report is read.
    subscriber.add(
      forkJoin([exit.pipe(take(1)), fromEvent(child, 'disconnect').pipe(take(1))]).subscribe(([how]) => {
        exited(how);
        subscriber.complete();
      }),
    );
    subscriber.add(signals.subscribe((signal) => child.kill(signal)));
    return () => child.kill('SIGKILL');
  });
}

/** In such a program: returns its settings. The program exits with its parent process. */
export function givenSettings(): unknown {
  process.on('disconnect', () => process.exit());
  return JSON.parse(process.argv[2]!);
}

/** In such a program: sends a report to its parent process. */
export function report(data: object, sent: () => void = () => undefined): void {
  process.send?.(data, sent);
}
