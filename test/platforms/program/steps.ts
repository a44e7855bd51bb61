import { filter, firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { heartbeat, isHandshakeError, ofType, retryWithBackoff } from 'rxwire';
import type { LifecycleEvent, OpenEvent, Supervision } from 'rxwire';
import { lifeOf } from './place.js';
import type { Feed, Payload, Place } from './place.js';
import { STEPS_ALONE } from './steps-alone.js';

/** Opens, and stays so. */
function opened(feed: Feed): Promise<OpenEvent> {
  const open = firstValueFrom(feed.lifecycle.pipe(ofType('open')));
  feed.lifecycle.subscribe({ error: () => undefined });
  return open;
}

/** Sends, and returns as many messages as it has sent. */
function echoed(feed: Feed, sent: readonly Payload[]): Promise<Payload[]> {
  const received = lastValueFrom(feed.messages.pipe(take(sent.length), toArray()));
  for (const payload of sent) feed.messages.next(payload);
  return received;
}

const thrownBy = (lifecycle: Feed['lifecycle']): Promise<unknown> =>
  lastValueFrom(lifecycle).then(
    () => undefined,
    (error: unknown) => error,
  );

const sentence = (thrown: unknown) => `${(thrown as Error).name}: ${(thrown as Error).message}`;

const said = (is: boolean) => (is ? 'yes' : 'no');

/** Three latencies. */
const beatsOf = (feed: Feed) =>
  lastValueFrom(feed.lifecycle.pipe(ofType('heartbeat'), take(3), toArray())).then(
    ({ length }) => `${length} answers`,
    sentence,
  );

const byText = { ping: () => 'ping', isReply: (data: Payload) => data === 'ping' };
const patient = { interval: 60, timeout: 5_000 };
const impatient = { interval: 60, timeout: 150 };

/** What is done in every place. Each step returns what came of it, in a few words. */
export const STEPS = {
  async 'connects, with a subprotocol'(place: Place) {
    const { feed } = place.connect('/echo', { protocols: ['chat', 'superchat'] });
    const { protocol } = await opened(feed);
    await feed.close();
    return protocol;
  },

  async 'sends and receives text'(place: Place) {
    const sent = ['é€😀\u2028', '', 'x'.repeat(1_000_000), ...Array.from({ length: 100 }, (_, index) => String(index))];
    const received = await echoed(place.connect('/echo').feed, sent);
    return said(received.every((text, index) => text === sent[index]));
  },

  async 'sends and receives bytes'(place: Place) {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256).subarray(1);
    const [echo, empty] = await echoed(place.connect('/echo').feed, [bytes, new Uint8Array(0)]);
    if (!(echo instanceof Uint8Array && empty instanceof Uint8Array)) return 'not bytes';
    return said(
      echo.length === bytes.length && echo.every((byte, index) => byte === bytes[index]) && empty.length === 0,
    );
  },

  'reconnects when the connection breaks'(place: Place) {
    const { feed } = place.connect('/break', {}, retryWithBackoff({ delays: [50, 50, 50] }));
    feed.messages.next('break it');
    feed.lifecycle
      .pipe(
        ofType('open'),
        filter(({ attempt }) => attempt === 2),
      )
      .subscribe(() => void feed.close());
    return lifeOf(feed.lifecycle);
  },

  'is closed by the server'(place: Place) {
    const { feed } = place.connect('/close');
    feed.messages.next('close it');
    return lifeOf(feed.lifecycle);
  },

  async 'closes with a code'(place: Place) {
    const { feed, key } = place.connect('/echo');
    const life = lifeOf(feed.lifecycle);
    await opened(feed);
    await feed.close(4001, 'done');
    return `${await life}; the server: ${await place.ask('close', key)}`;
  },

  async 'closes after the last unsubscribe'(place: Place) {
    const { feed, key } = place.connect('/echo');
    await firstValueFrom(feed.lifecycle.pipe(ofType('open')));
    return place.ask('close', key);
  },

  async 'keeps a healthy peer, by text'(place: Place) {
    return beatsOf(place.connect('/echo', {}, heartbeat({ ...patient, ...byText })).feed);
  },

  async 'keeps a healthy peer, by ping frames'(place: Place) {
    return beatsOf(place.connect('/echo', {}, heartbeat(patient)).feed);
  },

  'gives up a silent peer, by text'(place: Place) {
    return lifeOf(place.connect('/silent', {}, heartbeat({ ...impatient, ...byText })).feed.lifecycle);
  },

  'gives up a silent peer, by ping frames'(place: Place) {
    return lifeOf(place.connect('/silent', {}, heartbeat(impatient)).feed.lifecycle);
  },

  async 'ends the connection to a silent peer at once'(place: Place) {
    const { feed, key } = place.connect('/silent');
    const { link } = await opened(feed);
    link.terminate(new Error('enough'));
    return place.ask('gone', key);
  },

  async 'closes a silent peer within closeTimeout'(place: Place) {
    const { feed } = place.connect('/silent');
    const life = lifeOf(feed.lifecycle);
    await opened(feed);
    await feed.close();
    return life;
  },

  'gives up an attempt that takes too long'(place: Place) {
    return lifeOf(place.connect('/never', { connectTimeout: 300 }).feed.lifecycle);
  },

  async "counts the server's pings"(place: Place) {
    const { feed } = place.connect('/ping');
    const pinged = firstValueFrom(feed.messages);
    const { link } = await opened(feed);
    await pinged;
    const { received } = link;
    await feed.close();
    return said(received === 2);
  },

  async 'sends headers'(place: Place) {
    try {
      return await firstValueFrom(place.connect('/headers', { headers: { 'x-token': 'secret' } }).feed.messages);
    } catch (thrown) {
      return sentence(thrown);
    }
  },

  async "reads the answer's headers"(place: Place) {
    const { feed } = place.connect('/echo');
    const { headers } = await opened(feed);
    await feed.close();
    return String(headers?.['x-served-by'] ?? 'no');
  },

  async 'stops a server by a pause'(place: Place) {
    const { feed, key } = place.connect('/flood');
    if (!feed.canPause) return 'no';
    const isAll = filter((payload: Payload) => payload === 'all');
    const all = firstValueFrom(feed.messages.pipe(isAll));
    await opened(feed);
    const resume = feed.pause();
    await firstValueFrom(place.connect('/flood').feed.messages.pipe(isAll)); // takes longer than a pause to begin
    const flooded = Number(await place.ask('flooded', key));
    resume();
    await all;
    await feed.close();
    return flooded < 16 ? 'yes' : `no: ${flooded} MiB came`;
  },

  async 'reads the reason of a refusal'(place: Place) {
    const { feed } = place.connect('/refused');
    const [life, error] = await Promise.all([lifeOf(feed.lifecycle), thrownBy(feed.lifecycle)]);
    const reason = isHandshakeError(error) && error.status ? `${error.status} after ${error.retryAfter}` : 'no';
    return `${life}; ${reason}`;
  },

  ...STEPS_ALONE,
} satisfies Record<string, (place: Place) => unknown>;

export type Step = keyof typeof STEPS;
export type { LifecycleEvent, Supervision };
