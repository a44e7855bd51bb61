import { expect, it } from 'vitest';
import { builtCommand, Running } from './command.js';
import { serve } from './server.js';

const command = builtCommand();

it('runs its scenario within 30 s, and all goes as expected', async () => {
  const since = performance.now();

  const demo = new Running(process.execPath, [command.demo]);

  const output = (await demo.output()).join('\n');
  expect(output).toContain('The scenario went as expected');
  expect(output).toContain('3 reconnects (5 retries), 1 rejected');
  expect(await demo.exit).toBe(0);
  expect(performance.now() - since).toBeLessThan(30_000);
}, 40_000);

it('is the command if it has arguments', async () => {
  const server = await serve([
    (socket) => {
      socket.send('1');
      socket.close(4403);
    },
  ]);

  const demo = new Running(process.execPath, [command.demo, server.url, '--batch', '1']);

  expect(await demo.output()).toEqual(['[1]']);
  expect(await demo.exit).toBe(1);
});
