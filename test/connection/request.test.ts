import { observable, of } from 'rxjs';
import type { Observer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { AttemptContext, TransportRequest, WebSocketConfig } from '../../src/index.node.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { laterTask } from '../helpers/later-task.js';

/** What a transport is asked for. */
async function requestOf(config: Partial<WebSocketConfig>): Promise<TransportRequest | undefined> {
  const fake = fakeTransport();
  const asked: TransportRequest[] = [];
  const transport = {
    ...{ canPause: true, canSetHeaders: true },
    open: (...handshake: Parameters<typeof fake.open>) => {
      asked.push(handshake[0]);
      return fake.open(...handshake);
    },
  };
  const feed = observeWebSocket({ url: 'ws://test', transport, ...config });
  feed.lifecycle.subscribe({ error: () => undefined });
  await laterTask();
  void feed.close();
  return asked[0];
}

const headers = { authorization: 'Bearer 1' };

/** Each has a field that is a text, as headers have, and is to be waited for. */
class Promised {
  name = 'promised';

  then(resolve: (value: object) => void): void {
    resolve(headers);
  }
}

class Observed {
  name = 'observed';

  subscribe(observer: Observer<object>): unknown {
    return of(headers).subscribe(observer);
  }

  [observable](): this {
    return this;
  }
}

class Iterated {
  name = 'iterated';

  async *[Symbol.asyncIterator]() {
    yield await Promise.resolve(headers);
  }
}

class Credentials {
  readonly authorization = 'Bearer 1';
}

describe('url', () => {
  it('may be a URL of another realm', async () => {
    const foreign = { [Symbol.toStringTag]: 'URL', toString: () => 'ws://test/1' };

    expect(await requestOf({ url: foreign as never })).toMatchObject({ url: 'ws://test/1' });
  });
});

describe('headers', () => {
  it.each<[string, object]>([
    ['a promise of another library', new Promised()],
    ['an Observable of another library', new Observed()],
    ['an async iterable', new Iterated()],
  ])('of %s are waited for, though it has a text as a field', async (_what, answer) => {
    expect(await requestOf({ headers: () => answer as never })).toMatchObject({ headers });
  });

  it('may be an object of any class', async () => {
    expect(await requestOf({ headers: new Credentials() as never })).toMatchObject({ headers });
  });

  it('may be an object without a prototype', async () => {
    expect(await requestOf({ headers: Object.create(null) as Record<string, string> })).toMatchObject({ headers: {} });
  });
});

/** A transport whose `open` runs what `during` says, in the middle of its work. */
function interruptible(calls: string[], during: () => void) {
  const fake = fakeTransport();
  return {
    ...{ canPause: true, canSetHeaders: true },
    open: (...handshake: Parameters<typeof fake.open>) => {
      const { url } = handshake[0];
      calls.push(`open ${url}`);
      during();
      return Object.assign(fake.open(...handshake), { terminate: () => calls.push(`terminate ${url}`) }) as never;
    },
  };
}

describe('An attempt that ends while its socket is made', () => {
  it('drops the socket as soon as it is there, and the next run begins after that', async () => {
    const calls: string[] = [];
    const transport = interruptible(calls, () => {
      if (calls.length > 1) return;
      void feed.close();
      feed.lifecycle.subscribe({ error: () => undefined });
    });
    let asked = 0;
    const url = () => {
      calls.push(`ask ${++asked}`);
      return Promise.resolve(`ws://test/${asked}`);
    };
    const feed = observeWebSocket({ url, transport });
    feed.lifecycle.subscribe({ error: () => undefined });
    calls.length = 0;
    await laterTask();

    expect(calls.slice(0, 3)).toEqual(['open ws://test/1', 'terminate ws://test/1', 'ask 2']);
    void feed.close();
  });

  it('by reconnect() is no failure, though the transport throws too', () => {
    const calls: string[] = [];
    const contexts: AttemptContext[] = [];
    const transport = interruptible(calls, () => {
      if (calls.length > 1) return;
      feed.reconnect();
      throw new Error('interrupted');
    });
    const feed = observeWebSocket({
      transport,
      url(context) {
        contexts.push(context);
        return 'ws://test';
      },
    });

    feed.lifecycle.subscribe({ error: () => undefined });

    expect(contexts).toEqual([
      { attempt: 1, failures: 0 },
      { attempt: 2, failures: 0 },
    ]);
    void feed.close();
  });
});
