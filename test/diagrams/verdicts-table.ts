import { readFileSync } from 'node:fs';
import { concat, of, throwError, VirtualTimeScheduler } from 'rxjs';
import { retryWithBackoff, stopOnFatalClose } from '../../operators/index.js';
import { ConnectionClosedError, FatalCloseError, HandshakeError } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { withSection } from '../helpers/section.js';
import { ROOT } from '../readme/pages.js';

const closedWith = (code: number) => new ConnectionClosedError({ code, reason: '', wasClean: true });
const refusedWith = (status: number, retryAfter?: number) => new HandshakeError('refused', { status, retryAfter });

/** What `stopOnFatalClose()` does with an end, on a connection that never was healthy and on one that just was. */
function verdictOn(error: Error): 'final' | 'doubtful' | 'retried' {
  const close = { type: 'close', code: 1006, reason: '', wasClean: false, initiator: 'remote' } as const;
  const isFatal = (last: LifecycleEvent) => {
    let end: unknown;
    const lifecycle = concat(
      of(last),
      throwError(() => error),
    );
    lifecycle.pipe(stopOnFatalClose()).subscribe({ error: (thrown: unknown) => (end = thrown) });
    return end instanceof FatalCloseError;
  };
  if (isFatal({ ...close, sinceHealthy: 0 })) return 'final';
  return isFatal(close) ? 'doubtful' : 'retried';
}

/** What `retryWithBackoff()` waits at least after an end, beyond its own delays. */
function waitAfter(error: Error): string {
  const [least, most] = [0, 1].map((random) => {
    const scheduler = new VirtualTimeScheduler();
    const options = { scheduler, random: () => random, initialDelay: 1, maxRetries: 1 };
    const retried = throwError(() => error).pipe(retryWithBackoff(options));
    retried.subscribe({ error: () => undefined });
    scheduler.flush();
    return scheduler.now() / 1000;
  });
  return most! < 1 ? '' : `${least} to ${most} s`;
}

/** The codes of the standard table, and the tempting ones that are not in it, with the reason in each one's line. */
function codesWithReasons(): readonly (readonly [code: number, reason: string])[] {
  const source = readFileSync(`${ROOT}src/protocol/fatal-codes.ts`, 'utf8');
  const [, table = ''] = /standardFatalCodes.*?table\(\n([^]*?)\n\);/.exec(source) ?? [];
  return table.split('\n').flatMap((line) => {
    const [, fatal, reason] = /^ {2}(\d+), \/\/ (.+)$/.exec(line) ?? [];
    if (fatal) return [[Number(fatal), reason!] as const];
    const [, others, why] = /^ {2}\/\/ not ([\d, ]+): (.+)$/.exec(line) ?? [];
    if (!others) throw new Error(`A line of the table has no reason: ${line}`);
    return others.split(', ').map((code) => [Number(code), why!] as const);
  });
}

/** 401, 407 */
function ranges(numbers: readonly number[]): string {
  const found: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}

/** docs/reconnect.md, with what the operators do now in its section. */
export function reconnectPage(): string {
  const codes = codesWithReasons()
    .slice()
    .sort(([one], [other]) => one - other)
    .map(([code, reason]) => [`${code}`, verdictOn(closedWith(code)), waitAfter(closedWith(code)), reason]);
  const all = Array.from({ length: 400 }, (_, index) => 200 + index);
  const statuses = (['final', 'doubtful', 'retried'] as const).map((verdict) => [
    ranges(all.filter((status) => verdictOn(refusedWith(status)) === verdict)),
    verdict,
    '',
  ]);
  const asked = refusedWith(403, 7000);

  const tables = [
    markdownTable(['close code', 'verdict', 'waits', 'because'], codes),
    markdownTable(
      ['status of a refused handshake', 'verdict', 'waits'],
      [...statuses, ['any, with `Retry-After: 7`', verdictOn(asked), waitAfter(asked)]],
    ),
  ];
  return withSection(readFileSync(`${ROOT}docs/reconnect.md`, 'utf8'), 'verdicts', tables.join('\n\n'));
}
