import { firstValueFrom, lastValueFrom, map, tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { observeWebSocket } from 'rxwire';
import type { Codec, LifecycleEvent, Supervision, Transport, WebSocketConfig, WebSocketConnection } from 'rxwire';

export type Payload = string | Uint8Array;
export type Feed = WebSocketConnection<Payload, Payload>;

/** Passes frames on unchanged. */
const asItIs: Codec<Payload, Payload> = { encode: (payload) => payload, decode: (data) => data };

/** Where the program runs: a transport of that place, and the server that is its peer. */
export class Place {
  readonly #url: string;
  readonly #transport: Transport | undefined;
  #keys = 0;

  /** @param transport the platform's unless given */
  constructor(url: string, transport?: Transport) {
    this.#url = url;
    this.#transport = transport;
  }

  /** @returns a feed from a peer of some kind, and the key by which the server can be asked about it */
  connect(
    kind: string,
    config: Partial<WebSocketConfig<Payload, Payload>> = {},
    ...supervision: Supervision[]
  ): { readonly feed: Feed; readonly key: string } {
    const key = String(this.#keys++);
    const url = `${this.#url}${kind}?key=${key}`;
    const feed = observeWebSocket<Payload, Payload>(
      { url, codec: asItIs, transport: this.#transport, closeTimeout: 300, ...config },
      ...supervision,
    );
    return { feed, key };
  }

  /** What the server knows of a connection: how it was closed, whether it is gone, how much of a flood it took. */
  async ask(question: 'close' | 'gone' | 'flooded', key: string): Promise<string> {
    const { feed } = this.connect('/ask');
    const answer = firstValueFrom(feed.messages);
    feed.messages.next(`${question} ${key}`);
    return String(await answer);
  }
}

/** All events of a lifecycle but for `error` and `heartbeat`, and its end. */
export async function lifeOf(lifecycle: Observable<LifecycleEvent>): Promise<string> {
  const lines: string[] = [];
  const whole = lifecycle.pipe(
    map(brief),
    tap((line) => lines.push(line)),
  );
  const end = await lastValueFrom(whole).then(
    () => '|',
    (error: unknown) => (error as Error).name,
  );
  return [...lines.filter((line) => line !== 'error' && line !== 'heartbeat'), end].join(', ');
}

/** An event in a few words. */
export function brief(event: LifecycleEvent): string {
  if (event.type === 'close') {
    const reason = event.code === 1006 ? '' : event.reason; // there it is in the platform's own words
    return ['close', event.code, reason, event.initiator, event.wasClean ? '' : 'unclean'].filter(Boolean).join(' ');
  }
  return 'attempt' in event ? `${event.type} ${event.attempt}` : event.type;
}
