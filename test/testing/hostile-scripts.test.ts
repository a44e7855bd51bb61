import { asyncScheduler, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.js';
import { accept, coldOn, recorded, scriptedServer, silence } from '../../src/testing/index.js';
import type { ScriptStep } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';

/** What a feed receives of scripts, and when. */
function received(scripts: Parameters<typeof scriptedServer>[1], values: Readonly<Record<string, unknown>> = {}) {
  const seen: string[] = [];
  const note = (what: string) => void seen.push(`${asyncScheduler.now()} ${what}`);
  inVirtualTime(({ cold }) => {
    const server = scriptedServer(cold, scripts, values);
    const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
    feed.messages.subscribe({
      next: (value) => note(JSON.stringify(value)),
      error: (error: unknown) => note(`# ${(error as Error).message}`),
    });
  });
  return seen;
}

const played = (...events: object[]) => recorded({ version: 1, connections: [{ at: 0, url: 'ws://test', events }] });

describe('A recording', () => {
  it.each([0, 1, 199, 200, 201, 400, 12_000])('of %s messages is played at its times, soon', (count) => {
    const events = Array.from({ length: count }, (_, index) => ({
      at: 10 * (index + 1),
      type: 'message',
      data: `${index}`,
    }));
    const end = 10 * (count + 1);
    const session = played({ at: 1, type: 'open' }, ...events, { at: end, type: 'close', code: 1000, reason: '' });

    const seen = received(session);

    expect(seen).toHaveLength(count + 1);
    expect(seen.slice(0, count)).toEqual(events.map(({ at, data }) => `${at} ${data}`));
    expect(seen.at(-1)).toMatch(new RegExp(`^${end} #.*1000`));
  });

  it('has the status that the server gave, whatever it is', () => {
    const [end] = received(played({ at: 1, type: 'refused', status: 999 }));

    expect(end).toMatch(/^1 #.*status 999/);
  });

  it('has the reason of a close at any length: what stands for a secret may be longer', () => {
    const reason = 'token=… '.repeat(14);

    expect(received(played({ at: 1, type: 'open' }, { at: 2, type: 'close', code: 4401, reason }))[0]).toContain(
      reason,
    );
  });

  it.each([
    [{ at: 1, type: 'binary', data: '*' }, 'data', TypeError],
    [{ at: 1, type: 'close', reason: '' }, 'code', RangeError],
    [{ at: 1, type: 'close', code: 4000 }, 'reason', TypeError],
    [{ at: 1, type: 'refused', status: '7' }, 'status', RangeError],
  ])('with a mistake is an error that says where: %j', (event, field, Kind) => {
    const make = () => played({ at: 0, type: 'open' }, event);

    expect(make).toThrow(`\`session.connections[0].events[1].${field}\``);
    expect(make).toThrow(Kind);
  });
});

describe('A script', () => {
  it.each(['o-a\n-b', 'o-a\r\n-b', 'o-a\t-b', 'o-a\u00a0-b', '\n  o-a-b\n'])(
    'may have blanks of any kind: %j',
    (script) => {
      expect(received([script])).toEqual(['2 "a"', '4 "b"']);
    },
  );

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['o10ms s', { s: silence() }, /blank before and behind 10ms/],
    ['o10ms m', { m: 1 }, /blank before and behind 10ms/],
    ['o-a-!', {}, /without !/],
    ['o-^-a', {}, /without \^/],
    ['oa', { a: of(1) }, /a value of JSON/],
    ['oa', { a: Promise.resolve(1) }, /a value of JSON/],
  ])('with a mistake is an error at once: %s', (script, values, message) => {
    expect(() => inVirtualTime(({ cold }) => scriptedServer(cold, [script], values))).toThrow(message);
  });

  it('may have each letter of a duration as a letter', () => {
    expect(received(['o10ms'], { 1: 'one', 0: 'zero', m: 'em', s: 'es' })).toEqual([
      '1 "one"',
      '2 "zero"',
      '3 "em"',
      '4 "es"', // prettier-ignore
    ]);
  });
});

it('A long script is played in order in real time, and to its end', async () => {
  const letters = Array.from({ length: 450 }, (_, index) => String.fromCodePoint(0x4e00 + index));
  const server = scriptedServer(coldOn(), [`o ${letters.join(' ')} #`]);
  const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });

  const seen: unknown[] = [];
  await new Promise((ended) => feed.messages.subscribe({ next: (value) => seen.push(value), error: ended }));

  expect(seen).toEqual(letters);
});

it.each(['#', '|'])('A long script ends where its %s stands', (end) => {
  const letters = Array.from({ length: 150 }, () => 'a').join(' ');

  const seen = received([`o ${letters} ${end} ${letters}`]);

  expect(seen).toHaveLength(151);
  expect(seen.at(-1)).toMatch(/^151 #/);
});

it('Who plays a server by hand may give a value in place of a step', () => {
  inVirtualTime(() => {
    const steps = new Subject<ScriptStep>();
    const server = scriptedServer(() => steps, ['by hand']);
    const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
    const seen = record(feed.messages);
    steps.next(accept());
    for (const value of [{ price: 1 }, 'text', 5]) steps.next(value as never);

    expect(seen).toEqual(['0 {"price":1}', '0 "text"', '0 5']);
  });
});
