import { filter, firstValueFrom, fromEvent, lastValueFrom, map, merge, of, take, takeWhile, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import { heartbeat, nativeTransport, observeWebSocket, ofType, online, retryWithBackoff } from '../../src/index.js';
import { pong } from '../../src/testing/index.js';
import { brief } from '../helpers/record.js';
import { hostedServer } from './hosted-server.js';

describe('A page', () => {
  it('detects a half-open connection while it is offline, and connects again as soon as it is online', async () => {
    const chatter = 'a 20ms '.repeat(40);
    const server = await hostedServer(nativeTransport(), [`o 20ms ${chatter}`, 'o']);
    const feed = observeWebSocket(
      server,
      heartbeat({ interval: 100, timeout: 300, ping: () => 'ping' }),
      retryWithBackoff({ delays: [1, 1], when: online() }),
    );

    const network = merge(
      fromEvent(window, 'offline').pipe(map(() => 'offline')),
      fromEvent(window, 'online').pipe(map(() => 'online')),
    );
    const life = feed.lifecycle.pipe(
      tap((event) => event.type === 'open' && event.attempt === 1 && void commands.loseNetwork(3000)),
      map(brief),
    );
    const log: string[] = [];
    await lastValueFrom(
      merge(life, network, of('begin')).pipe(
        tap((line) => log.push(line)),
        takeWhile((line) => line !== 'open 2'),
      ),
    );
    await feed.close();
    await server.close();

    expect(log.filter((line) => !/^heartbeat|^begin/.test(line))).toEqual([
      'connecting 1',
      'open 1',
      'offline',
      'close 1006 local unclean',
      'reconnecting 1 in 1 after HeartbeatTimeoutError',
      'online',
      'connecting 2',
      'open 2',
    ]);
  });

  it('cuts the wait for a retry short as soon as its network is back', async () => {
    const server = await hostedServer(nativeTransport(), ['o 20ms #', 'o']);
    const feed = observeWebSocket(
      server,
      retryWithBackoff({ initialDelay: 600_000, maxDelay: 600_000, jitter: 'none' }),
    );
    const opened = firstValueFrom(feed.lifecycle.pipe(filter((event) => event.type === 'open' && event.attempt === 2)));
    const isBack = firstValueFrom(fromEvent(window, 'online'));
    await firstValueFrom(feed.events.pipe(ofType('reconnecting')));

    await commands.loseNetwork(1500);
    await isBack;

    await expect(opened).resolves.toMatchObject({ attempt: 2 }); // by itself it would wait for ten minutes
    await server.close();
  });

  it('cuts the wait for a retry short when it becomes visible', async () => {
    const server = await hostedServer(nativeTransport(), ['o 20ms #', 'o']);
    const feed = observeWebSocket(
      server,
      retryWithBackoff({ initialDelay: 600_000, maxDelay: 600_000, jitter: 'none' }),
    );
    const opened = firstValueFrom(feed.lifecycle.pipe(filter((event) => event.type === 'open' && event.attempt === 2)));
    feed.events
      .pipe(ofType('reconnecting'), take(1))
      .subscribe(() => setTimeout(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))));

    await expect(opened).resolves.toMatchObject({ attempt: 2 });
    await server.close();
  });

  it('sends a ping at once when it becomes visible', async () => {
    const server = await hostedServer(nativeTransport(), ['o']);
    const ping = firstValueFrom(server.sent);
    const feed = observeWebSocket(server, heartbeat({ ping: () => 'ping', random: () => 1 }));
    const watching = feed.lifecycle
      .pipe(ofType('open'))
      .subscribe(() => setTimeout(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))));

    await expect(ping).resolves.toBe('ping'); // the regular one would come after 20 s

    watching.unsubscribe();
    await server.close();
  });

  it('gets a clear error that it has no ping frames', async () => {
    const server = await hostedServer(nativeTransport(), ['o 9s p'], { p: pong() });

    const end = lastValueFrom(observeWebSocket(server, heartbeat()).lifecycle);

    await expect(end).rejects.toMatchObject({
      fatal: true,
      message: 'This transport has no ping frames: give `heartbeat` a `ping` function.',
    });
    await server.close();
  });
});
