import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { firstValueFrom, interval } from 'rxjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { brief } from '../helpers/record.js';
import { watch } from '../helpers/watch.js';
import { Account } from './account.js';
import { ForeignServer } from './foreign-server.js';
import { serverKinds } from './kinds/index.js';
import { serversPage, withoutVersions } from './page.js';
import type { Payload, ServerKind } from './server-kind.js';

leavesNothingBehind();

const MIB = 1024 * 1024;

/** The sizes at which the frame header changes (RFC 6455 section 5.2), and the default maximum of a client. */
const SIZES = [1, 125, 126, 65_535, 65_536, MIB, 16 * MIB];

const quickRetries = () => retryWithBackoff<LifecycleEvent>({ initialDelay: 20, maxDelay: 100 });

/** The most unanswered messages under load: less than the capacity of the outbox. */
const WINDOW = 300;

const BROKEN = 'close 1006 remote unclean';

/** A text of `size` bytes of UTF-8. */
function textOf(size: number, letter: string): string {
  const letters = letter.repeat(size / Buffer.byteLength(letter));
  return letters + '.'.repeat(size - Buffer.byteLength(letters));
}

/** Much faster than `toEqual`, which compares single bytes. */
const isSame = (one: Payload, other: Payload) =>
  typeof one === typeof other && Buffer.from(one).equals(Buffer.from(other));

/** In CI every kind is tested; elsewhere, those that are installed. */
const isTested = (kind: ServerKind) => process.env.CI !== undefined || kind.version() !== undefined;

for (const kind of serverKinds) {
  describe.skipIf(!isTested(kind))(kind.name, () => {
    beforeAll(() => {
      kind.inFrontOf?.build?.();
      kind.build?.();
    }, 60_000);

    const payloads: Record<'text' | 'binary', (size: number) => Payload> = {
      text: (size) => textOf(size, kind.letter),
      binary: randomBytes,
    };

    for (const [sort, payloadOf] of Object.entries(payloads)) {
      if (kind.cannot[sort as 'text' | 'binary']) continue;

      it(`sends back ${sort} up to 16 MiB`, async () => {
        const server = await ForeignServer.start(kind);
        const { connection, received, send } = kind.connect(server.url);
        const seen = watch(connection);

        const { protocol } = await seen.next('open');
        for (const size of SIZES) {
          const payload = payloadOf(size);
          const echo = firstValueFrom(received);
          send(payload);
          expect(isSame(await echo, payload), `${size} bytes come back`).toBe(true);
        }
        await connection.close();

        expect(protocol).toBe(kind.protocol);
        expect(await seen.end).toBeUndefined();
      });
    }

    it(`answers our close: ${kind.answers}`, async () => {
      const server = await ForeignServer.start(kind);
      const { connection } = kind.connect(server.url, quickRetries());
      const seen = watch(connection);

      await seen.next('open');
      await connection.close(4000, 'enough');

      expect(await seen.end).toBeUndefined();
      expect(seen.events.map(({ type }) => type)).toEqual(['connecting', 'open', 'close']);
      expect(brief(seen.events.at(-1)!)).toBe(kind.answers);
    });

    it(`closes when ${kind.closes.when} and when it is stopped, and the client reconnects: ${kind.closes.as}, ${kind.stops}`, async () => {
      const server = await ForeignServer.start(kind);
      const { connection, received, send, provoke } = (kind.connectToProvoke ?? kind.connect)(
        server.url,
        quickRetries(),
      );
      const seen = watch(connection);

      await seen.next('open');
      provoke();
      await seen.next('open', 2);
      await server.restart();
      const { attempt } = await seen.next('open', 3);
      const echo = firstValueFrom(received);
      send('again');
      await echo;
      await connection.close();

      const closes = seen.events.filter(({ type }) => type === 'close').map(brief);
      const refused = Array.from({ length: attempt - 3 }, () => BROKEN);
      expect(closes).toEqual([kind.closes.as, kind.stops, ...refused, 'close 1000 local']);
    });

    it('is restarted under load, and every missing message is accounted for', async () => {
      const server = await ForeignServer.start(kind);
      const client = kind.connect(server.url, quickRetries());
      const { connection } = client;
      const seen = watch(connection);
      const account = new Account(client);

      const load = interval(1).subscribe(() => {
        if (account.unanswered < WINDOW) account.sendMore(5);
      });
      await vi.waitFor(() => expect(account.received.length).toBeGreaterThan(WINDOW), 30_000);
      await server.restart();
      await seen.next('open', 2);
      const before = account.received.length;
      await vi.waitFor(() => expect(account.received.length).toBeGreaterThan(before + WINDOW), 30_000);
      load.unsubscribe();
      await vi.waitFor(() => expect(account.received.at(-1)).toBe(account.sent), 30_000);
      await connection.close();

      // If a server is stopped before it has read everything, the kernel resets the connection and its Close frame is lost.
      expect([kind.stops, BROKEN]).toContain(brief(await seen.next('close')));
      expect(account.received).toEqual(account.expected);
      expect(connection.stats).toMatchObject({ dropped: 0, rejected: 0, queued: 0, opens: 2 });
    });
  });
}

describe.skipIf(!serverKinds.every(isTested))('docs/servers.md', () => {
  it('has the results of these tests', async () => {
    const path = new URL('../../docs/servers.md', import.meta.url);

    const page = await serversPage(serverKinds);
    if (process.env.UPDATE_DOCS) writeFileSync(path, page);

    expect(withoutVersions(readFileSync(path, 'utf8'))).toBe(withoutVersions(page));
    console.info(page.match(/^- .*: \S+$/gm)!.join('\n'));
  });
});
