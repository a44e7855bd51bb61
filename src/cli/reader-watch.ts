import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';
import process from 'node:process';
import { Observable } from 'rxjs';

/**
 * Emits when nobody reads stdout any more, if it is a pipe. A write would notice that, but a quiet feed writes nothing, and
 * Node cannot poll a pipe that it writes to. GNU tail does: it shares stdout, ends by SIGPIPE when the reader is gone, and
 * ends with this process. Any other end of it, and any other system, emits nothing.
 */
export const readerGone = new Observable<void>((subscriber) => {
  if (!isPipe(process.stdout)) return;
  const tail = spawn('tail', ['-f', `--pid=${process.pid}`, '/dev/null'], {
    stdio: ['ignore', 'inherit', 'ignore'],
    detached: true, // or Ctrl-C would end it, and with it the pipe
  });
  tail.unref();
  tail.on('error', () => undefined); // there is no tail
  tail.on('exit', (_, signal) => {
    if (signal === 'SIGPIPE') subscriber.next();
  });
  return () => void tail.kill('SIGKILL');
});

function isPipe({ fd }: { readonly fd: number }): boolean {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    return false; // it is closed
  }
}
