import { afterEach, describe, expect, it } from 'vitest';
import { multiplex, observeWebSocket, requestResponse } from '../../src/index.node.js';
import { refusedWith } from '../../src/protocol/handshake.js';
import { playedServer } from '../helpers/played-server.js';

/** A message that would write to `Object.prototype` wherever its keys were assigned or merged. */
const POISON =
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id":"__proto__","key":"__proto__"}';

interface Message {
  readonly id?: string;
  readonly key?: string;
}

const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

/** An open connection, and what makes a message arrive on it. */
function connected() {
  const transport = playedServer({ answersClose: true });
  const feed = observeWebSocket<Message, unknown>({ url: 'ws://test', transport });
  const lifecycle = feed.lifecycle.subscribe({ error: () => undefined });
  transport.accept();
  return {
    feed,
    transport,
    arrive: (text: string) => transport.message(text),
    leave: () => lifecycle.unsubscribe(),
  };
}

afterEach(() => {
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

describe('a message with keys that objects have of themselves', () => {
  it('is delivered with them as its own, and changes no other object', () => {
    const { feed, arrive } = connected();
    const messages: Message[] = [];
    feed.messages.subscribe((message) => messages.push(message));

    arrive(POISON);

    expect(Object.getPrototypeOf(messages[0])).toBe(Object.prototype);
    expect(Object.keys(messages[0]!)).toEqual(['__proto__', 'constructor', 'id', 'key']);
  });

  it.each(KEYS)('reaches the subscribers of the key %s, and no others', (key) => {
    const { feed, arrive } = connected();
    const topic = multiplex(feed, { keyOf: (message) => message.key, subscribe: (key) => ({ subscribe: key }) });
    const log: string[] = [];
    topic('other').subscribe(() => log.push('other'));
    arrive(JSON.stringify({ key }));
    topic(key).subscribe(() => log.push(key));

    arrive(JSON.stringify({ key }));

    expect(log).toEqual([key]);
  });

  it.each(KEYS)('answers the request with the id %s, and no other', (id) => {
    const { feed, arrive } = connected();
    const request = requestResponse(feed, { idOf: (message) => message.id });
    const log: unknown[] = [];
    request('other', {}).subscribe({ next: () => log.push('other'), error: () => undefined });
    arrive(JSON.stringify({ id }));
    request(id, {}).subscribe((response) => log.push(response));

    arrive(JSON.stringify({ id }));

    expect(log).toEqual([{ id }]);
  });

  it('that no schema lets through is told, and changes no other object', () => {
    const { feed, transport } = connected();
    const rejected: string[] = [];
    feed.lifecycle.subscribe({
      next: (event) => event.type === 'rejected' && rejected.push(JSON.stringify(event)),
      error: () => undefined,
    });

    transport.message(`${POISON}}`);

    expect(rejected).toHaveLength(1);
  });
});

describe('a refusal with headers that objects have of themselves', () => {
  it('keeps them, and changes no other object', () => {
    const headers = JSON.parse('{"__proto__":"polluted","constructor":"polluted"}') as Record<string, string>;

    const error = refusedWith(503, headers, 0);

    expect(error.retryAfter).toBeUndefined();
    expect(Object.getPrototypeOf(error)).not.toBe('polluted');
    expect(Object.keys(error.headers!)).toEqual(['__proto__', 'constructor']);
  });
});
