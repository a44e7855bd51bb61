import { describe, expect, it } from 'vitest';
import { buildsTheClient, endOf, harmed } from './processes/harmed.js';
import { canHappen } from './servers/command.js';

/** Connections that the server ends, in each test: each of them takes the calls that fail now and then. */
const ENDS = 12;

/** The C library fails a call with a probability. `failinfo` is the errno. */
const failing = (point: string, probability: number, errno: number) => [
  ...['fiu-run', '-x', '-f', '', '-c'],
  `enable_random name=posix/io/${point},probability=${probability},failinfo=${errno}`,
];

/** The kernel fails or delays the calls that are counted. */
const injecting = (call: string, what: string) => [
  ...['strace', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${what}`],
];

const [ENETDOWN, ENOBUFS, EPIPE] = [100, 105, 32];

describe.runIf(canHappen({ programs: ['fiu-run'] }))('Where the C library fails calls at random (fiu-run)', () => {
  buildsTheClient();

  it.each([
    ['connect', failing('net/connect', 0.5, ENETDOWN), /^HandshakeError ENETDOWN$/],
    ['socket', failing('net/socket', 0.4, ENOBUFS), /^HandshakeError ENOBUFS$/],
    ['write', failing('rw/writev', 0.03, EPIPE), /^ConnectionClosedError 1006$/],
  ])(
    '%s: each failure is an attempt or a connection that ends, and the next one comes',
    async (call, wrapper, error) => {
      const { server, client } = await harmed(wrapper);

      for (let n = 1; n <= ENDS; n++) {
        await client.next('open', n);
        server.server.drop();
      }
      await client.next('open', ENDS + 1);
      const { losses } = await endOf(client, server, { areWritesLost: call === 'write' });

      expect(losses.filter((loss) => error.test(loss)).length).toBeGreaterThan(0);
      for (const loss of losses) expect(loss).toMatch(new RegExp(`${error.source}|^ConnectionClosedError 1006$`));
    },
  );

  it('writes of a part of what was asked for: nothing is lost or damaged', async () => {
    const { server, client } = await harmed(failing('rw/writev/reduce', 0.5, 0));

    await client.next('heartbeat', 10);

    expect((await endOf(client, server)).losses).toEqual([]);
  });
});

describe.runIf(canHappen({ programs: ['strace'] }))('Where the kernel fails or delays calls (strace)', () => {
  buildsTheClient();

  it.each([
    ['connect: EADDRNOTAVAIL', 'connect', 'EADDRNOTAVAIL'],
    ['connect: ENOBUFS', 'connect', 'ENOBUFS'],
    ['connect: EPERM', 'connect', 'EPERM'],
    ['socket: EMFILE', 'socket', 'EMFILE'],
    ['socket: ENFILE', 'socket', 'ENFILE'],
    ['socket: ENOMEM', 'socket', 'ENOMEM'],
  ])('%s, twice: two attempts fail with it, and the third one opens', async (_, call, code) => {
    const { server, client } = await harmed(injecting(call, `error=${code}:when=1..2`));

    await client.next('open');
    const { losses, events } = await endOf(client, server);

    expect(losses).toEqual([`HandshakeError ${code}`, `HandshakeError ${code}`]);
    expect(events.slice(0, 9).map(({ type }) => type)).toEqual([
      ...['connecting', 'error', 'close', 'reconnecting'],
      ...['connecting', 'error', 'close', 'reconnecting'],
      'connecting',
    ]);
  });

  it.each(['EPIPE', 'ECONNRESET', 'ETIMEDOUT'])(
    'writev: %s ends the connection, and the next one goes on',
    async (code) => {
      const { server, client } = await harmed(injecting('writev', `error=${code}:when=20`));

      await client.next('open', 2);
      const { losses } = await endOf(client, server);

      expect(losses).toEqual(['ConnectionClosedError 1006']);
    },
  );

  it.each(['EAGAIN', 'EINTR', 'ENOBUFS'])('writev: %s five times is no end: Node writes again', async (code) => {
    const { server, client } = await harmed(injecting('writev', `error=${code}:when=20..24`));

    await client.next('heartbeat', 5);

    expect((await endOf(client, server)).losses).toEqual([]);
  });

  it('a connect that takes longer than connectTimeout is given up as soon as it returns', async () => {
    const { server, client } = await harmed(injecting('connect', 'delay_enter=1500000:when=1'), {
      connectTimeout: 1000,
    });

    await client.next('open');
    const { losses } = await endOf(client, server);

    expect(losses).toEqual(['ConnectTimeoutError']);
  });

  it('writes that take 30 ms each slow the sender down, and nothing is lost', async () => {
    const { server, client } = await harmed(injecting('writev', 'delay_exit=30000'));

    await client.next('heartbeat', 5);

    expect((await endOf(client, server)).losses).toEqual([]);
  });
});
