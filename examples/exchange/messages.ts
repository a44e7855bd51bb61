import { json } from 'rxwire';
import type { Codec, HeartbeatOptions } from 'rxwire';
import type { Change } from './book.js';
import type { Rules } from './rules.js';

/** What a client sends. */
export interface Command {
  readonly op: 'subscribe' | 'unsubscribe';
  readonly id: number;
  readonly symbols: readonly string[];
}

/**
 * What an exchange sends. A delta follows `prev`, begins with `first`, or has its one number only. `asked` is never sent:
 * it marks in a client that the exchange was asked for a symbol.
 */
export interface Message {
  readonly event: 'snapshot' | 'delta' | 'subscribed' | 'unsubscribed' | 'error' | 'notice' | 'asked';
  readonly symbol?: string;
  readonly channel?: number;
  readonly number: number;
  readonly first?: number;
  readonly prev?: number;
  readonly changes: readonly Change[];
  /** Of an answer: the id of the command. */
  readonly id?: number;
  /** Of an answer: why a symbol was refused. */
  readonly error?: string;
}

/** A frame is a message, or an array of messages. */
export const codec = codecThat(() => undefined);

/** The same, that also shows each message that has arrived. */
export function codecThat(show: (message: Message) => void): Codec<Message, Command> {
  const split = (frame: Message | Message[]) => {
    const messages = [frame].flat();
    for (const message of messages) show(message);
    return messages;
  };
  return json<Message, Command>({ split });
}

/** The numbers that a message stands for. */
export function rangeOf({ number, first, prev }: Message): readonly [from: number, to: number] {
  return [first ?? (prev === undefined ? number : prev + 1), number];
}

/** How a client notices that the exchange is gone: it sends pings if it has to, or waits for those of the exchange. */
export function lifeOf({ life }: Rules): HeartbeatOptions {
  return life.by === 'own pings' ? { ping: () => 'ping', isReply: (data) => data === 'pong' } : { ping: 'none' };
}
