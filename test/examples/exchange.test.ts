import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { SETTINGS } from '../../examples/exchange/rules.js';
import { runScript, startScript } from '../helpers/npm-command.js';
import { wantsNats } from '../helpers/nats.js';

/** What was found of an exchange. */
function findings(output: string, setting: string): string {
  return new RegExp(`^${setting}, \\d+ s.*\\n(?:  .*\\n)+`, 'm').exec(output)?.[0] ?? output;
}

const numberOf = (text: string, what: string) =>
  Number(new RegExp(`([\\d,]+) ${what}`).exec(text)![1]!.replace(',', ''));

describe.runIf(wantsNats)('npm run exchange', () => {
  it('keeps 500 books right against each exchange, through forced ends, gaps and planned ends', async () => {
    const { output, errors, status } = await runScript('exchange', ['--short', '--seed', 'all']);

    for (const setting of Object.keys(SETTINGS)) {
      const found = findings(output, setting);
      expect(found).toContain('500 of 500 books right\n');
      expect(found).toContain('rows stored, 0 missing, ');
      expect(found).toContain(', 0 bans\n');
      expect(found).toMatch(/planned ends with 0 changes missed\n/);
      expect(numberOf(found, 'rows stored')).toBeGreaterThan(1000);
      expect(numberOf(found, 'forced end')).toBeGreaterThanOrEqual(8);
      expect(numberOf(found, 'gap')).toBeGreaterThanOrEqual(12);
      expect(numberOf(found, 'planned end')).toBeGreaterThanOrEqual(2);
      expect(numberOf(found, 'alert')).toBeGreaterThanOrEqual(1);
    }
    expect(output).not.toContain('WRONG');
    expect(errors).toBe('');
    expect(status).toBe(0);
  });
});

describe.runIf(wantsNats)('npm run exchange, with a fault', { concurrent: true }, () => {
  const few = ['--short', '--setting', 'spot-like', '--ends', '1', '--gaps', '3'];

  it.for([
    ['wrong books without inSequence', 'inSequence', /WRONG: \d+ books? wrong at some time: SYM-\d+/],
    ['a ban without a pace', 'pace', /WRONG: The exchange has banned the client: Too many requests/],
    [
      'changes that were missed at planned ends without an overlap',
      'overlap',
      /WRONG: [\d,]+ changes missed at \d planned ends/,
    ],
  ] as const)('finds %s, and keeps the logs', async ([, without, expected], { expect, onTestFinished }) => {
    const folder = await temporary(onTestFinished);

    const { output, status } = await runScript(
      'exchange',
      [...few, '--without', without],
      { TMPDIR: folder },
      onTestFinished,
    );

    expect(output).toMatch(expected);
    expect(status).toBe(1);
    const [kept] = /The logs of the clients are in (.+)\.$/m.exec(output)!.slice(1);
    expect(await readdir(kept!)).toContain('spot-like.log');
  });

  it('draws where a row was lost, doubled and overtaken, and keeps the history', async ({ expect, onTestFinished }) => {
    const folder = await temporary(onTestFinished);

    const { output, status } = await runScript('exchange', [...few, '--spoil'], { TMPDIR: folder }, onTestFinished);

    expect(output).toContain('WRONG: The history: ');
    expect(output).toMatch(/^SYM-\d+\/\d+ is lost after "delivered" \(client\)$/m);
    expect(output).toMatch(/^SYM-\d+\/\d+ +[\d.]+ market .* client's connection \d+ .* client +- +<- lost$/m);
    expect(output).toMatch(/^SYM-\d+\/\d+ .* [\d.]+ stream \+ [\d.]+ stream +<- doubled$/m);
    expect(output).toMatch(/^SYM-\d+\/\d+ .* [\d.]+ stream +<- reordered$/m);
    expect(status).toBe(1);
    const [kept] = /The logs of the clients are in (.+)\.$/m.exec(output)!.slice(1);
    expect(await readdir(kept!)).toEqual(expect.arrayContaining(['spot-like.history', 'spot-like-client.history']));
  });

  it('leaves no process and no file behind where it is interrupted', async ({ expect, onTestFinished }) => {
    const folder = await temporary(onTestFinished);
    const { child, isAlive, signal } = startScript('exchange', few, { TMPDIR: folder }, onTestFinished);
    const output = vi.fn();
    child.stdout.on('data', (data: Buffer) => output(String(data)));
    await vi.waitFor(() => expect(output).toHaveBeenCalledWith(expect.stringContaining('breaks')), 30_000);

    signal('SIGINT');

    await vi.waitFor(() => expect(isAlive()).toBe(false), 10_000);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('npm run exchange, in vain', () => {
  it('says what to install where there is no nats-server', async () => {
    const { errors, status } = await runScript('exchange', [], { NATS_SERVER: '/nowhere/nats-server' });

    expect(errors).toBe(
      '/nowhere/nats-server was not found. Install it (Debian: apt-get install nats-server), or name it in NATS_SERVER.\n',
    );
    expect(status).toBe(1);
  });
});

async function temporary(onTestFinished: (clean: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe.runIf(wantsNats)('npm run exchange beside itself', () => {
  it('starts as often as wanted at once', async () => {
    const runs = Array.from({ length: 8 }, () => runScript('exchange', ['--help']));

    const outputs = (await Promise.all(runs)).map(({ output }) => output);

    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0]).toContain('--setting');
  });
});
