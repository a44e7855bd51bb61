import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { lastValueFrom, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { builtCommand, Running, textOf } from '../cli/command.js';
import { serve } from '../cli/server.js';
import { isLong } from './processes/harmed.js';

/** For how long the reader stops, in milliseconds: longer than the heartbeat waits for an answer. */
const STOP = isLong ? 60_000 : 6000;
const HEARTBEAT = ['--heartbeat', '500', '--heartbeat-timeout', '1500'];

const COUNT = 60_000;
const PADDING = 'x'.repeat(1000);
const MiB = 1024 * 1024;

describe('The command, whose stdout is a pipe that is full', () => {
  const command = builtCommand();

  it(
    `pauses the server for ${STOP / 1000} s, keeps its connection, does not grow, and goes on`,
    { timeout: 2 * STOP + 60_000 },
    async () => {
      let peer: WebSocket | undefined;
      const server = await serve([
        (socket) => {
          peer = socket;
          for (let id = 0; id < COUNT; id++) socket.send(JSON.stringify({ id, padding: PADDING }));
          socket.send('"the last one"');
        },
      ]);
      const run = new Running(process.execPath, [command.path, ...HEARTBEAT, server.url], { reading: false });
      await once(run.stdout, 'readable');
      await settled(() => peer!.bufferedAmount);

      const [held, memory] = [peer!.bufferedAmount, memoryOf(run.pid)];
      await pass(STOP);
      const [heldAfter, memoryAfter] = [peer!.bufferedAmount, memoryOf(run.pid)];
      const printed = textOf(run.stdout);
      await settled(() => peer!.bufferedAmount);
      peer!.close(4403);
      const lines = (await printed).trimEnd().split('\n');

      expect(held).toBeGreaterThan(20 * MiB);
      expect(heldAfter).toBe(held);
      expect(memoryAfter - memory).toBeLessThan(8 * MiB);
      expect(lines.pop()).toBe('"the last one"');
      expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(
        Array.from({ length: COUNT }, (_, id) => id),
      );
      expect(server.attempts).toBe(1);
    },
  );
});

const pass = (milliseconds: number) => lastValueFrom(timer(milliseconds), { defaultValue: 0 });

/** Waits until a number no longer changes for half a second. */
async function settled(number: () => number): Promise<void> {
  for (let last = -1; last !== number();) {
    last = number();
    await pass(500);
  }
}

/** Resident memory in bytes, as Linux reports it. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}
