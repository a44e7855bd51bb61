import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { supervised } from './supervised-link.js';

/** What is sent, when the time begins in which a sign has to come, and how long it is. */
const windows = [
  ['frame', 25, 30],
  [() => 'ping', 25, 30],
  ['none', 0, 130],
] as const;

describe('a sign of life', () => {
  it.each(windows)('is a ping of the peer; ping: %s', (ping, start, window) => {
    const { clock, link } = supervised({ ping });
    clock.advance(start);

    clock.advance(window - 1);
    link.peerPing();
    clock.advance(1);

    expect(link.terminatedWith).toBeUndefined();
    expect(link.delivered).toEqual([]);
  });

  it.each(windows)('is a byte of a frame that is not complete; ping: %s', (ping, start, window) => {
    const { clock, link } = supervised({ ping });
    link.receiveBytes(10);
    clock.advance(start);

    clock.advance(window - 1);
    link.receiveBytes(1);
    clock.advance(1);

    expect(link.terminatedWith).toBeUndefined();
    expect(link.received).toBe(0);
  });

  it('is no byte that came before the ping', () => {
    const { clock, link, log } = supervised();
    clock.advance(24);

    link.receiveBytes(100);
    clock.advance(31);

    expect(log).toEqual(['25 ping', '55 terminate HeartbeatTimeoutError']);
  });

  it('is a byte, but not the answer that is measured', () => {
    const { clock, link, log } = supervised();
    clock.advance(25);

    link.receiveBytes(1);
    clock.advance(7);
    link.pong();

    expect(log).toEqual(['25 ping', '32 heartbeat 7']);
  });

  it('comes from a long message for as long as its bytes arrive', () => {
    const { clock, link, log } = supervised();

    for (let elapsed = 0; elapsed < 1000; elapsed += 10) {
      clock.advance(10);
      link.receiveBytes(4000);
    }
    expect(log.filter((line) => !line.endsWith('ping'))).toEqual([]);
    clock.advance(60);

    expect(log.slice(-2)).toEqual(['1025 ping', '1055 terminate HeartbeatTimeoutError']);
  });

  it('comes from a quiet feed whose server pings more often than the watchdog looks', () => {
    const { clock, link, log } = supervised({ ping: 'none', interval: 500, timeout: 100 });

    for (let n = 0; n < 100; n++) {
      clock.advance(100);
      link.peerPing();
    }
    expect(log).toEqual([]);
    clock.advance(1200);

    expect(log).toEqual(['10800 terminate HeartbeatTimeoutError']);
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 30 })])(
    'is any byte to a watchdog, which notices silence at the latest after twice its time, and never before it',
    (gaps) => {
      const { clock, link } = supervised({ ping: 'none' });
      let lastByte = 0;

      for (const gap of gaps) {
        clock.advance(gap);
        if (link.terminatedWith) break;
        link.receiveBytes(1);
        lastByte = clock.now();
      }
      clock.advance(1000);

      const dead = Number(link.log[0]!.split(' ')[0]);
      expect(dead - lastByte).toBeGreaterThanOrEqual(130);
      expect(dead - lastByte).toBeLessThanOrEqual(260);
    },
  );
});
