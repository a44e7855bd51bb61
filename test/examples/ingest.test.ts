import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { JetStreamLedger } from '../../examples/ingest/jet-stream.js';
import { startNats } from '../../examples/ingest/nats-server.js';
import { runScript, startScript } from '../helpers/npm-command.js';
import { wantsNats } from '../helpers/nats.js';
import { historyFaults, historyFolder } from './ingest-history.js';

async function outcomeOf(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const outcome = await runScript('ingest', args, env);
  const [, messages, gaps, duplicates] =
    /^([\d,]+) messages in the stream: ([\d,]+) gaps? · ([\d,]+) duplicates?/m.exec(outcome.output) ?? [];
  return { ...outcome, messages, gaps, duplicates };
}

describe.runIf(wantsNats)('npm run ingest', () => {
  it('loses nothing and keeps nothing twice of 200,000 messages, through twelve kills of feed and ingesters', async () => {
    const { output, status } = await outcomeOf(['--seed', 'twelve']);

    expect(output).toContain('200,000 messages in the stream: 0 gaps · 0 duplicates · 0 late\n');
    expect(output).toContain('12 kills: feed 4, ingester 1 4, ingester 2 4; ');
    expect(output).toContain('No message is missing or duplicated');
    expect(Number(/at most (\d+) MiB used by an ingester/.exec(output)![1])).toBeLessThanOrEqual(192);
    expect(status).toBe(0);
  }, 400_000);

  it('has a history in which no message is lost, doubled, reordered or stored too early, through the same kills', async () => {
    const folder = await historyFolder();

    const { status, output } = await outcomeOf(['--messages', '20000', '--topics', '200', '--seed', 'twelve'], {
      INGEST_HISTORY: folder,
    });

    expect(await historyFaults(folder, 20_000, 200)).toBe('');
    expect(output).toContain('12 kills: feed 4, ingester 1 4, ingester 2 4; ');
    expect(status).toBe(0);
  }, 400_000);

  it('sees duplicates where no ids keep them out, and memory over its limit', async () => {
    const few = ['--messages', '20000', '--topics', '200', '--rounds', '0', '--memory', '10'];
    const folder = await historyFolder();

    const { output, status, messages, gaps, duplicates } = await outcomeOf([...few, '--unguarded'], {
      INGEST_HISTORY: folder,
    });

    expect(messages).not.toBe('20,000');
    expect(duplicates).not.toBe('0');
    expect(gaps).toBe('0');
    expect(output).toContain('The stream differs from the feed');
    expect(await historyFaults(folder, 20_000, 200)).toMatch(/^\d+ doubled.*\n\ntopic-\d+\/\d+ is doubled at "stored"/);
    expect(output).toContain('An ingester used more than 10 MiB of memory');
    expect(status).toBe(1);
  });

  it('sees gaps where the feed sends nothing again', async () => {
    const few = ['--messages', '20000', '--topics', '200', '--rate', '4000', '--backlog', '0'];
    const folder = await historyFolder();

    const { output, errors, status, gaps, duplicates } = await outcomeOf([...few, '--keep', '1'], {
      INGEST_HISTORY: folder,
    });
    expect(gaps).not.toBe('0');
    expect(await historyFaults(folder, 20_000, 200)).toMatch(/^\d+ lost\n\ntopic-\d+\/\d+ is lost after "given"/);
    expect(errors).toMatch(/^topic-\d+: the feed does not have \d+ to \d+\.$/m);
    expect(duplicates).toBe('0');
    expect(output).toContain('The stream differs from the feed');
    expect(status).toBe(1);
  });

  it('leaves no process and no file behind where it is interrupted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ingest-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { child, isAlive, signal } = startScript('ingest', ['--messages', '20000'], { TMPDIR: folder });
    const output = vi.fn();
    child.stdout.on('data', (data: Buffer) => output(String(data)));
    await vi.waitFor(
      () => expect(output).toHaveBeenCalledWith(expect.stringMatching(/ingesters: \d+ MiB, \d+ MiB/)),
      30_000,
    );

    expect(await readdir(folder)).toHaveLength(1);

    signal('SIGINT');

    await vi.waitFor(() => expect(isAlive()).toBe(false), 10_000);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe.runIf(wantsNats)('the ledger of two ingesters', () => {
  const trade = (n: number) => ({ topic: 'A', n, price: 1 });

  it('drops what the other one has brought, and refuses what does not follow the last trade', async () => {
    const nats = await startNats();
    onTestFinished(() => nats.stop());
    const [one, other] = await Promise.all([JetStreamLedger.open(nats.port), JetStreamLedger.open(nats.port)]);
    expect([await one.lastOf('A'), await other.lastOf('A')]).toEqual([0, 0]);

    const receipts = [await one.append(trade(1)), await other.append(trade(1)), await other.append(trade(2))];
    const skipping = one.append(trade(3)); // without 2

    await expect(skipping).rejects.toThrow('wrong last sequence');
    expect(receipts.map(({ seq, duplicate }) => ({ seq, duplicate }))).toEqual([
      { seq: 1, duplicate: false },
      { seq: 1, duplicate: true },
      { seq: 2, duplicate: false },
    ]);
    expect([await one.lastOf('A'), await one.size()]).toEqual([2, 2]);
    await Promise.all([one.close(), other.close()]);
  });
});

describe('npm run ingest, in vain', () => {
  it('says what to install where there is no nats-server', async () => {
    const { errors, status } = await outcomeOf([], { NATS_SERVER: '/nowhere/nats-server' });

    expect(errors).toBe(
      '/nowhere/nats-server was not found. Install it (Debian: apt-get install nats-server), or name it in NATS_SERVER.\n',
    );
    expect(status).toBe(1);
  });

  it('says what is wrong with an option', async () => {
    expect((await outcomeOf(['--messages', 'many'])).errors).toBe(
      'Expected --messages to be an integer of 1 or more, got many.\n',
    );
    expect((await outcomeOf(['--mesages', '1'])).errors).toContain("Unknown option '--mesages'");
  });
});
