import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { supervised } from './supervised-link.js';

/** Between two looks at what has left, of a `timeout` of 30. */
const LOOK = 4;

describe('a ping behind what has not left yet', () => {
  it('has its timeout begin anew whenever some of that leaves', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    for (let n = 0; n < 79; n++) {
      clock.advance(20);
      link.flushBytes(100);
    }

    expect(log).toEqual(['25 ping']);
  });

  it('is answered when its turn has come, and measured', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(300);
    clock.advance(25);

    for (let n = 0; n < 3; n++) {
      clock.advance(25);
      link.flushBytes(100);
    }
    clock.advance(20);
    link.pong();
    clock.advance(5);

    expect(log).toEqual(['25 ping', '120 heartbeat 95', '125 ping']);
  });

  it('keeps back the next one while it is unanswered', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);

    for (let n = 0; n < 30; n++) {
      clock.advance(20);
      link.flushBytes(100);
    }

    expect(log).toEqual(['25 ping']);
  });

  it('has a timeout of its own when all of it has left', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(100);
    clock.advance(25);

    clock.advance(LOOK);
    link.flushBytes(100);
    clock.advance(LOOK - 1 + 30);
    expect(log).toEqual(['25 ping']);
    clock.advance(1);

    expect(log).toEqual(['25 ping', '63 terminate HeartbeatTimeoutError']);
  });

  it('is given one second of grace where nothing waits, however often the machine slept', () => {
    const { clock, link, log } = supervised({ timeout: 16_000 });
    link.sendBytes(100);
    link.flushBytes(100);
    clock.advance(25);

    for (let n = 0; n < 2; n++) {
      clock.advance(4000);
      clock.oversleep(5000);
    }
    clock.advance(8000);
    expect(log).toEqual(['25 ping']);
    clock.advance(1000);

    expect(log).toEqual(['25 ping', '27025 terminate HeartbeatTimeoutError']);
  });

  it('has one timeout where nothing of it leaves', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);

    clock.advance(54);
    expect(log).toEqual(['25 ping']);
    clock.advance(1);

    expect(log).toEqual(['25 ping', '55 terminate HeartbeatTimeoutError']);
    expect(link.terminatedWith).toMatchObject({ message: 'The peer gave no sign of life for 30 ms.' });
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 29 }), { maxLength: 40 })])(
    'gets a verdict a timeout after the last of it moved, an eighth later at most',
    (gaps) => {
      const { clock, link } = supervised({ random: () => 0 });
      link.sendBytes(8000);
      clock.advance(0);
      let lastMove = 0;

      for (const gap of gaps) {
        clock.advance(gap);
        link.flushBytes(100);
        lastMove = clock.now();
      }
      clock.advance(30 + LOOK);

      expect(link.log[0]).toBe('0 ping');
      const dead = Number(link.log[1]!.split(' ')[0]);
      expect(dead - lastMove).toBeGreaterThanOrEqual(30);
      expect(dead - lastMove).toBeLessThanOrEqual(30 + LOOK);
    },
  );

  it('waits for nothing that is sent after it, though that leaves', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(100);
    clock.advance(25);

    link.flushBytes(100);
    for (let n = 0; n < 20 && !link.terminatedWith; n++) {
      link.sendBytes(10);
      link.flushBytes(10);
      clock.advance(5);
    }

    expect(log).toEqual(['25 ping', '59 terminate HeartbeatTimeoutError']);
  });

  it('does not wait for itself: a text ping is sent behind what counts', () => {
    const { clock, link, log } = supervised({ ping: () => 'ping' });
    link.sendBytes(100);
    link.flushBytes(100);

    clock.advance(25 + 10);
    link.flushBytes(4);
    clock.advance(20);

    expect(log).toEqual(['25 sent ping', '55 terminate HeartbeatTimeoutError']);
  });

  it('counts what its own function sends', () => {
    const { clock, link, log } = supervised({
      ping: () => {
        link.sendBytes(100);
        return 'ping';
      },
    });
    clock.advance(25 + 10);

    link.flushBytes(50);
    clock.advance(29);

    expect(log).toEqual(['25 sent ping']);
  });

  it('proves nothing by having left: the peer has to show itself within the timeout', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(100);
    clock.advance(25);

    link.flushBytes(100);
    link.sendBytes(8000);
    clock.advance(1000);

    expect(log).toEqual(['25 ping', '59 terminate HeartbeatTimeoutError']);
  });

  it.each([
    ['a frame', 'message'],
    ['a byte', 'receiveBytes'],
  ] as const)('needs %s within the timeout and no more, though nothing leaves', (_what, sign) => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    clock.advance(29);
    if (sign === 'message') link.message('a');
    else link.receiveBytes(1);
    clock.advance(71);

    expect(log).toEqual(['25 ping', '125 ping']);
  });

  it('takes a sign in any of its timeouts, and makes way for the next one', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    clock.advance(20);
    link.flushBytes(100);
    clock.advance(20);
    link.message('a');
    clock.advance(60);

    expect(log).toEqual(['25 ping', '125 ping']);
  });

  it('is no longer waited for once its timeout is over and a sign has come, though more of it leaves', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    link.message('a');
    for (let n = 0; n < 10; n++) {
      clock.advance(10);
      link.flushBytes(100);
    }

    expect(log).toEqual(['25 ping', '125 ping']);
  });

  it('is still measured where other signs come before its answer', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    clock.advance(5);
    link.message('a');
    link.flushBytes(100);
    clock.advance(24);
    link.pong();

    expect(log).toEqual(['25 ping', '54 heartbeat 29']);
  });

  it('does not wait where the transport cannot say what has left', () => {
    const { clock, link, log } = supervised();
    link.sentBytes = 8000;

    clock.advance(55);

    expect(log).toEqual(['25 ping', '55 terminate HeartbeatTimeoutError']);
  });

  it('has a verdict by the last movement where the transport can no longer say', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    clock.advance(LOOK);
    link.flushBytes(100);
    clock.advance(LOOK);
    link.flushedBytes = undefined;
    clock.advance(30);

    expect(log).toEqual(['25 ping', '63 terminate HeartbeatTimeoutError']);
  });

  it('gets no verdict where the connection was paused meanwhile', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(30);

    link.pause();
    clock.advance(1);
    link.resume();
    clock.advance(90);

    expect(log).toEqual(['25 ping']);
  });

  it('gets no verdict while the connection closes', () => {
    const { clock, link, log } = supervised();
    link.sendBytes(8000);
    clock.advance(30);

    link.writable = false;
    clock.advance(100_000);

    expect(log).toEqual(['25 ping']);
  });

  it('gets a second of grace by a timer more than a second late, once', () => {
    const { clock, link } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    clock.oversleep(1001);
    clock.advance(LOOK + 999);
    expect(link.terminatedWith).toBeUndefined();
    clock.advance(1 + 30 - LOOK - 1);
    expect(link.terminatedWith).toBeUndefined();
    clock.advance(1);

    expect(link.terminatedWith).toBeDefined();
  });

  it('gets another second of grace by another late timer', () => {
    const { clock, link } = supervised();
    link.sendBytes(8000);
    clock.advance(25);

    clock.oversleep(60_000);
    clock.advance(LOOK + 1000);
    clock.oversleep(60_000);
    clock.advance(LOOK + 999 + 30 - 2 * LOOK);
    expect(link.terminatedWith).toBeUndefined();
    clock.advance(1);

    expect(link.terminatedWith).toBeDefined();
  });

  it('leaves nothing running when it is unsubscribed', () => {
    const { clock, link, subscription } = supervised();
    link.sendBytes(8000);
    clock.advance(25 + LOOK);

    subscription.unsubscribe();

    expect(clock.pending).toBe(0);
    expect(link.watched).toBe(false);
  });

  it('asks once where everything has left: an idle connection costs no more than a timer', () => {
    const { clock, link, log } = supervised();
    link.sentBytes = 100;
    let asked = 0;
    Object.defineProperty(link, 'flushedBytes', { get: () => (asked++, 100) });
    const { scheduled } = clock;

    clock.advance(55);

    expect(log.at(-1)).toBe('55 terminate HeartbeatTimeoutError');
    expect(asked).toBe(1);
    expect(clock.scheduled - scheduled).toBe(1);
  });
});

describe('a watchdog', () => {
  it('is not put off by what has not left yet', () => {
    const { clock, link, log } = supervised({ ping: 'none' });
    link.sendBytes(8000);

    for (let n = 0; n < 13; n++) {
      link.flushBytes(100);
      clock.advance(10);
    }

    expect(log).toEqual(['130 terminate HeartbeatTimeoutError']);
  });
});

describe('a watchdog, which sends nothing,', () => {
  it('does not ask what has left: the platform takes long to say', () => {
    const { clock, link } = supervised({ ping: 'none' });
    const asked = vi.fn(() => 0);
    Object.defineProperty(link, 'flushedBytes', { get: asked });

    clock.advance(25);
    link.message('a trade');
    clock.advance(500);

    expect(link.log).toEqual(['260 terminate HeartbeatTimeoutError']);
    expect(asked).not.toHaveBeenCalled();
  });
});
