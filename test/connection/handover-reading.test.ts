import { asyncScheduler, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { WebSocketConfig } from '../../src/index.node.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import type { PlayedSocket } from '../helpers/played-sockets.js';

const OVERLAP = 10;
const CLOSE_TIMEOUT = 100;

/** A connection whose first socket is open, the messages that it delivers, and its sockets. */
function openFeed(config: Partial<WebSocketConfig> = {}, sockets: Parameters<typeof playedSockets>[0] = {}) {
  const transport = playedSockets(sockets);
  const feed = observeWebSocket({ url: 'ws://test', transport, ...config });
  const log: unknown[] = [];
  const reader = feed.messages.subscribe((message) => log.push(message));
  const old = transport.socket.open();
  const overlap = () => {
    feed.reconnect({ overlap: OVERLAP });
    return transport.sockets[1]!;
  };
  return { feed, log, old, overlap, reader, link: feed.link! };
}

type Scene = ReturnType<typeof openFeed> & VirtualTime & { next: () => PlayedSocket };

/** The same in virtual time, with a handover from 5 ms on, whose new connection opens at once. */
function duringHandover(test: (scene: Scene) => void, sockets?: Parameters<typeof playedSockets>[0]): void {
  inVirtualTime((time) => {
    const scene = openFeed({ closeTimeout: CLOSE_TIMEOUT }, sockets);
    let made: PlayedSocket | undefined;
    time.at(5, () => (made = scene.overlap().open()));
    test({ ...scene, ...time, next: () => made! });
    time.at(500, () => void scene.feed.close());
    time.flush();
  });
}

describe('The old connection of a handover', () => {
  it('is closed though a lease of pause outlasts the overlap, and what it had held back is delivered after that', () => {
    duringHandover(({ at, feed, old, next, log }) => {
      let release = () => {};
      at(3, () => (release = feed.pause()));
      at(4, () => old.say('old 1'));
      at(6, () => next().say('new'));
      at(14, () => old.say('old 2'));
      at(5 + OVERLAP + 1, () => {
        expect(old.calls).toEqual(['close 1000']);
        expect(log).toEqual([]);
      });
      at(60, () => {
        release();
        expect(log).toEqual(['old 1', 'old 2', 'new']);
        next().say('newer');
        expect(log.at(-1)).toBe('newer');
      });
    });
  });

  it('delivers what it had held back where the lease ended just before it was closed', () => {
    duringHandover(
      ({ at, feed, old, next, log }) => {
        let release = () => {};
        at(3, () => (release = feed.pause()));
        at(6, () => next().say('new'));
        at(5 + OVERLAP - 1, () => release());
        at(5 + OVERLAP + 1, () => {
          expect(old.calls).toEqual(['close 1000']);
          old.say('held back by the network');
          expect(log).toEqual(['held back by the network']);
          old.closed(1000);
          expect(log).toEqual(['held back by the network', 'new']);
        });
      },
      { answersClose: false },
    );
  });

  it('delivers what arrives while it delivers what it had held back behind that', () => {
    duringHandover(
      ({ at, feed, old, log }) => {
        let release = () => {};
        feed.messages.subscribe((message) => message === 'a' && old.say('c'));
        at(3, () => (release = feed.pause()));
        at(4, () => old.say('a', 'b'));
        at(60, () => {
          release();
          expect(log).toEqual(['a', 'b', 'c']);
        });
      },
      { answersClose: false },
    );
  });

  it('is given up by another call though a lease is held, and what waits for its end is delivered', () => {
    duringHandover(
      ({ at, feed, old, next, log }) => {
        at(6, () => next().say('new'));
        at(7, () => feed.pause());
        at(60, () => {
          expect(log).toEqual([]);
          feed.reconnect({ overlap: 1 });
          expect(log).toEqual(['new']);
        });
        at(70, () => old.closed(1000));
      },
      { answersClose: false },
    );
  });

  it('delivers what it had held back where it was paused for a while, and not for the first time', () => {
    duringHandover(
      ({ at, feed, old, log }) => {
        const pauseFor = (ms: number) => asyncScheduler.schedule(feed.pause(), ms);
        at(1, () => pauseFor(1));
        at(7, () => pauseFor(3));
        at(5 + OVERLAP + 1, () => {
          old.say('held back by the network');
          expect(log).toEqual(['held back by the network']);
          old.closed(1000);
        });
      },
      { answersClose: false },
    );
  });

  it('is waited for no longer than closeTimeout', () => {
    duringHandover(
      ({ at, feed, next, log }) => {
        at(6, () => asyncScheduler.schedule(feed.pause(), 1));
        at(8, () => next().say('new'));
        at(5 + OVERLAP + CLOSE_TIMEOUT - 1, () => expect(log).toEqual([]));
        at(5 + OVERLAP + CLOSE_TIMEOUT + 1, () => expect(log).toEqual(['new']));
      },
      { answersClose: false },
    );
  });

  it('goes on holding back where a message makes somebody pause again', () => {
    duringHandover(({ at, feed, old, next, log }) => {
      const releases: (() => void)[] = [];
      const paused: boolean[] = [];
      feed.messages.subscribe(() => void releases.push(feed.pause()));
      at(3, () => releases.push(feed.pause()));
      at(4, () => old.say('a', 'b'));
      at(6, () => next().say('c'));
      for (const frame of [40, 50, 60, 70]) {
        at(frame, () => {
          releases.pop()?.();
          paused.push(next().isPaused);
        });
      }
      at(41, () => expect(log).toEqual(['a']));
      at(51, () => expect(log).toEqual(['a', 'b']));
      at(61, () => expect(log).toEqual(['a', 'b', 'c']));
      at(71, () => expect(paused).toEqual([true, true, true, false]));
    });
  });

  it('emits what it had held back from its `link.messages` when it is closed, though a lease is held', () => {
    duringHandover(({ at, feed, old, link }) => {
      const ofLink: unknown[] = [];
      at(3, () => {
        feed.pause();
        link.messages.subscribe({ next: (message) => ofLink.push(message), complete: () => ofLink.push('|') });
      });
      at(4, () => old.say('old'));
      at(5 + OVERLAP + 1, () => expect(ofLink).toEqual(['old', '|']));
    });
  });

  it('is closed as ever where it never was paused, or cannot be', () => {
    for (const canPause of [true, false]) {
      duringHandover(
        ({ at, feed, old, next, log }) => {
          at(3, () => canPause || feed.pause());
          at(6, () => next().say('new'));
          at(5 + OVERLAP + 1, () => {
            expect(old.calls).toEqual(['close 1000']);
            expect(log).toEqual(['new']);
          });
        },
        { answersClose: false, canPause },
      );
    }
  });

  it('delivers what there is at the end of the run, and where a further call ends it, while a lease is held too', () => {
    for (const end of [
      ({ feed }: Scene) => void feed.close(),
      ({ feed }: Scene) => feed.reconnect({ overlap: 1 }),
      ({ feed }: Scene) => feed.reconnect(),
    ]) {
      duringHandover((scene) => {
        scene.at(4, () => scene.feed.pause());
        scene.at(5, () => scene.old.say('old'));
        scene.at(6, () => scene.next().say('new'));
        scene.at(40, () => {
          expect(scene.log).toEqual([]);
          end(scene);
          expect(scene.log.slice(0, 1)).toEqual(['old']);
        });
      });
    }
  });

  /** Two readers; the first one does something when it receives a message. */
  function withTwoReaders({ feed, reader, log }: Scene, message: string, act: () => void): void {
    const read = (name: string, next: (received: unknown) => void = () => undefined) =>
      feed.messages.subscribe({
        next(received) {
          log.push(`${name} ${String(received)}`);
          next(received);
        },
        error: () => undefined,
      });
    read('1', (received) => received === message && act());
    read('2');
    reader.unsubscribe();
    log.length = 0;
  }

  it.each<[string, (scene: Scene) => void]>([
    ['a further call', ({ feed }) => feed.reconnect({ overlap: OVERLAP })],
    ['reconnect()', ({ feed }) => feed.reconnect()],
    ['close()', ({ feed }) => void feed.close()],
    ['complete()', ({ feed }) => feed.messages.complete()],
    ['the close of its link', ({ link }) => link.close(1000)],
    ['the end of its link', ({ link }) => link.terminate(new Error('ended'))],
    ['the close of the new link', ({ feed }) => feed.link!.close(1000)],
    ['the end of the new link', ({ feed }) => feed.link!.terminate(new Error('ended'))],
  ])('has its message reach every reader before those of the new one, where the first ends it by %s', (_, end) => {
    duringHandover((scene) => {
      const { at, old, next, log } = scene;
      withTwoReaders(scene, 'old', () => end(scene));
      at(6, () => next().say('new'));
      at(7, () => old.say('old'));
      at(300, () => expect(log).toEqual(['1 old', '2 old', '1 new', '2 new']));
    });
    expect.assertions(1);
  });

  it('has what it had held back reach every reader in order, where the first one pauses and resumes', () => {
    duringHandover((scene) => {
      const { at, feed, old, next, log } = scene;
      withTwoReaders(scene, 'old 1', () => feed.pause()());
      let release = () => {};
      at(3, () => (release = feed.pause()));
      at(6, () => next().say('new'));
      at(4, () => old.say('old 1'));
      at(14, () => old.say('old 2'));
      at(60, () => {
        expect(log).toEqual([]);
        release();
      });
      at(300, () => expect(log).toEqual(['1 old 1', '2 old 1', '1 old 2', '2 old 2', '1 new', '2 new']));
    });
    expect.assertions(2);
  });
});

describe('A codec that takes its time, of the old connection of a handover', () => {
  /** The overlap is over while a message of the old connection is still being decoded. */
  function decoding() {
    const scheduler = new VirtualTimeScheduler(undefined, OVERLAP);
    const resolvers: Record<string, () => void> = {};
    const codec = {
      encode: String,
      decode: (data: string | Uint8Array) =>
        new Promise<unknown>((resolve) => (resolvers[String(data)] = () => resolve(data))),
    };
    const scene = openFeed({ codec, scheduler });
    const next = scene.overlap().open();
    scene.old.frame('old');
    next.frame('new');
    scheduler.flush();
    return { ...scene, next, scheduler, resolvers };
  }

  it('is waited for: its messages come before those of the new one', async () => {
    const { old, log, resolvers } = decoding();
    expect(old.isAlive).toBe(false);

    resolvers.new!();
    resolvers.old!();

    await vi.waitFor(() => expect(log).toEqual(['old', 'new']));
  });

  it('is waited for no longer than closeTimeout', async () => {
    const { log, scheduler, resolvers } = decoding();
    resolvers.new!();

    scheduler.maxFrames = OVERLAP + 2000 - 1;
    scheduler.flush();
    for (let turn = 0; turn < 9; turn++) await Promise.resolve();
    expect(log).toEqual([]);
    scheduler.maxFrames = OVERLAP + 2000;
    scheduler.flush();

    await vi.waitFor(() => expect(log).toEqual(['new']));
  });
});
