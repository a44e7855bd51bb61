import type * as childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { NEVER } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { run } from '../../examples/ingest/program.js';

const child = Object.assign(new EventEmitter(), { kill: vi.fn() });

vi.mock(import('node:child_process'), async (original) => ({
  ...(await original()),
  fork: (() => child) as unknown as typeof childProcess.fork,
}));

it('A program of the examples has not ended before its last report is read, though its process has', () => {
  const seen: unknown[] = [];
  run('client', {}, NEVER, (how) => seen.push(how)).subscribe({
    next: (report) => seen.push(report),
    complete: () => seen.push('completed'),
  });

  child.emit('exit', 0, null);
  child.emit('message', 'last report');
  child.emit('disconnect');

  expect(seen).toEqual(['last report', { status: 0, signal: null }, 'completed']);
});
