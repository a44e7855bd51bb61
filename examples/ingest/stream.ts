import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager, JetStreamPublishOptions, JsMsg, PubAck, StoredMsg } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { Observable } from 'rxjs';

export interface StreamOptions {
  readonly name: string;
  readonly subjects: string[];
  /** How long the server remembers message ids, in nanoseconds. */
  readonly duplicate_window?: number;
}

/** A stream of NATS JetStream, which is made if there is none. */
export class Stream {
  readonly #name: string;
  readonly #nats: NatsConnection;
  readonly #manager: JetStreamManager;

  private constructor(name: string, nats: NatsConnection, manager: JetStreamManager) {
    this.#name = name;
    this.#nats = nats;
    this.#manager = manager;
  }

  static async open(port: number, options: StreamOptions): Promise<Stream> {
    const nats = await connect({ port, noAsyncTraces: true });
    const manager = await jetstreamManager(nats);
    await manager.streams.add(options);
    return new Stream(options.name, nats, manager);
  }

  publish(subject: string, value: unknown, options: Partial<JetStreamPublishOptions> = {}): Promise<PubAck> {
    return this.#manager.jetstream().publish(subject, JSON.stringify(value), options);
  }

  /** How many messages there are. */
  async size(): Promise<number> {
    return (await this.#manager.streams.info(this.#name)).state.messages;
  }

  /** The last message of a subject; null if there is none. */
  lastOf(subject: string): Promise<StoredMsg | null> {
    return this.#manager.streams.getMessage(this.#name, { last_by_subj: subject });
  }

  /** All messages in their stored order, future ones too. */
  get messages(): Observable<JsMsg> {
    return new Observable((subscriber) => {
      const reading = this.#manager
        .jetstream()
        .consumers.get(this.#name)
        .then((consumer) => consumer.consume({ callback: (message) => subscriber.next(message) }));
      reading.catch((error: unknown) => subscriber.error(error));
      return () => void reading.then((messages) => messages.close());
    });
  }

  /** The messages that there are now, in their stored order. */
  async *stored(): AsyncGenerator<JsMsg> {
    let left = await this.size();
    if (!left) return;
    const consumer = await this.#manager.jetstream().consumers.get(this.#name);
    for await (const message of await consumer.consume({ max_messages: 1000 })) {
      yield message;
      if (--left === 0) return;
    }
  }

  close(): Promise<void> {
    return this.#nats.close();
  }
}
