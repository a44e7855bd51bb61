import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, inject, it } from 'vitest';
import { Peer } from './peer.js';
import { versionOf } from './places/packages.js';
import { bun, deno } from './places/runtimes.js';
import { isTested } from './proves.js';

const runtimes = [
  { name: 'Node', command: [process.execPath], version: () => process.version },
  { name: 'Bun', command: bun(), version: () => versionOf('bun') },
  { name: 'Deno', command: deno('run'), version: () => versionOf('deno') },
];

for (const runtime of runtimes) {
  describe.skipIf(!isTested(runtime))(`The command in ${runtime.name}`, () => {
    it('sends stdin, prints messages, logs, and ends with a fatal close while stdin is still open', async () => {
      await using peer = await Peer.start(inject('home'));
      const [file = '', ...args] = runtime.command;
      const program = `${inject('home')}/node_modules/rxwire/dist/cli.js`;

      const child = spawn(file, [...args, program, `${peer.url}/once?token=secret`, '--header', 'x-token: secret'], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, DENO_NO_UPDATE_CHECK: '1' },
      });
      const ended = once(child, 'close');
      const output = { stdout: '', stderr: '' };
      child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
      child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
      child.stdin.write('{"first":1}\n');
      const [status] = (await ended) as [number];

      expect(output.stdout).toBe('{"first":1}\n');
      expect(output.stderr.split('\n').map((line) => line.split(' ')[0])).toEqual([
        'connecting',
        'open',
        'close',
        'summary',
        'failed',
        '',
      ]);
      expect(output.stderr).toContain('4403 (that was all) by the peer');
      expect(output.stderr).not.toContain('secret');
      expect(status).toBe(1);
    });
  });
}
