import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Codec, WebSocketConfig } from '../../src/index.js';
import { ownRealm } from '../helpers/own-realm.js';
import type { Library } from '../helpers/own-realm.js';

const realms = {
  'a realm of its own': await ownRealm(),
  'the realm of zone.js': await ownRealm({ first: 'zone.js' }),
  'the realm of zone.js, with async functions lowered,': await ownRealm({ first: 'zone.js', isLowered: true }),
};

/** A feed of theirs, with a config of ours. */
function scripted<T>({ observeWebSocket, scriptedServer, coldOn }: Library, config: Partial<WebSocketConfig<T>>) {
  const server = scriptedServer(coldOn(), ['o 1ms a 1ms b']);
  const feed = observeWebSocket<T>({ url: 'ws://test', transport: server.transport, ...config });
  return { feed, server };
}

const two = <T>(source: Observable<T>) => lastValueFrom(source.pipe(take(2), toArray()));

describe.each(Object.entries(realms))('In %s', (name, { library, facts, Promise: theirs }) => {
  it.each(facts)('%s', (_fact, run) => run());

  it('promises are of another kind', () => {
    expect(theirs).not.toBe(Promise);
    expect(theirs.name).toBe(name.includes('zone.js') ? 'ZoneAwarePromise' : 'Promise');
  });

  it('promises of ours are awaited in a codec and in a schema', async () => {
    const codec: Codec<string> = { encode: String, decode: (data) => Promise.resolve(`${String(data)}!`) as never };
    const schema = z.string().transform(async (value) => Promise.resolve(value.toUpperCase()));

    expect(await two(scripted(library, { codec }).feed.messages)).toEqual(['"a"!', '"b"!']);
    expect(await two(scripted(library, { codec: library.json({ schema }) }).feed.messages)).toEqual(['A', 'B']);
  });

  it('thenables of ours are awaited', async () => {
    const thenable = (value: string) => ({ then: (done: (value: string) => void) => done(value) }) as never as string;
    const codec: Codec<string> = { encode: String, decode: (data) => thenable(`${String(data)}?`) };

    expect(await two(scripted(library, { codec }).feed.messages)).toEqual(['"a"?', '"b"?']);
  });

  it('bytes of ours are sent', async () => {
    const { feed, server } = scripted<Uint8Array>(library, { codec: library.binary() });
    const sent = two(server.sent);
    feed.messages.subscribe();

    feed.messages.next(new Uint8Array([1, 2]));
    feed.messages.next(new DataView(new Uint8Array([0, 3]).buffer, 1) as never);

    expect((await sent).map((bytes) => [...(bytes as Uint8Array)])).toEqual([[1, 2], [3]]);
    await feed.close();
  });

  it('headers, URLs and promises of ours are taken', async () => {
    const { feed, server } = scripted(library, {
      url: () => Promise.resolve(new URL('ws://test/feed')),
      headers: () => Promise.resolve({ authorization: 'Bearer 1' }),
    });
    const plain = scripted(library, { headers: { authorization: 'Bearer 2' } });

    await Promise.all([two(feed.messages), two(plain.feed.messages)]);

    expect({ ...server.connections[0] }).toMatchObject({
      url: 'ws://test/feed',
      headers: { authorization: 'Bearer 1' },
    });
    expect(plain.server.connections[0]!.headers).toEqual({ authorization: 'Bearer 2' });
  });

  it('an error of ours is the cause, with its message', async () => {
    const cause = new TypeError('no token');
    const { feed } = scripted(library, { url: () => Promise.reject(cause) });

    const error = await firstValueFrom(feed.lifecycle.pipe(library.ofType('open'))).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ message: 'The `url` factory failed: no token', cause });
    expect((error as Error).cause).toBe(cause);
    expect(library.isHandshakeError(error)).toBe(true);
  });
});
