import { filter, firstValueFrom, map, take, takeUntil, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Exchange } from '../../examples/exchange/exchange.js';
import { Market } from '../../examples/exchange/market.js';
import { codec } from '../../examples/exchange/messages.js';
import type { Command, Message } from '../../examples/exchange/messages.js';
import { SETTINGS } from '../../examples/exchange/rules.js';
import type { Rules } from '../../examples/exchange/rules.js';
import { answerPings } from '../../examples/exchange/answer-pings.js';
import { seededRandom } from '../../examples/ingest/strikes.js';
import { observeWebSocket, ofType } from '../../src/index.node.js';
import type { Link, Supervision, WebSocketConnection } from '../../src/index.node.js';

type Feed = WebSocketConnection<Message, Command>;

/** An exchange for symbols A and B that forgives nothing, and a function that connects to it. */
async function exchangeWith(rules: Partial<Rules> = {}, late = Infinity) {
  const exchange = new Exchange(
    { ...SETTINGS['spot-like'], ...rules },
    new Market(['A', 'B'], 1, seededRandom('seed')),
    200,
    undefined,
    late,
  );
  await exchange.listen();
  onTestFinished(() => exchange.close());
  const connect = (...supervision: Supervision[]): Feed =>
    observeWebSocket<Message, Command>({ url: exchange.url, headers: { 'x-account': 'test' }, codec }, ...supervision);
  return { exchange, connect };
}

/** How a connection ends on which so many commands are sent at once. */
async function endOf(feed: Feed, commands = 0, symbols = ['A']) {
  const ending = firstValueFrom(feed.events.pipe(ofType('close')));
  const failing = new Promise<unknown>((resolve) => feed.lifecycle.subscribe({ error: resolve }));
  for (let id = 1; id <= commands; id++) feed.messages.next({ op: 'subscribe', id, symbols });
  const [{ code, reason }, error] = await Promise.all([ending, failing]);
  const { status, retryAfter } = error as { status?: number; retryAfter?: number };
  return { code, reason, status, retryAfter };
}

describe('the server of the example exchange', () => {
  it('closes with 1008 where more is sent than its pace allows, and bans for the third time with 418', async () => {
    const { exchange, connect } = await exchangeWith();

    for (let time = 1; time <= 3; time++)
      expect(await endOf(connect(), 6)).toMatchObject({ code: 1008, reason: 'Too many requests' });

    expect(await endOf(connect())).toMatchObject({ status: 418, retryAfter: 60_000 });
    expect(exchange.account('test')).toMatchObject({ bans: 1, violations: Array(3).fill('Too many requests') });
  });

  it('holds nothing against clients that comes while its own rounds are late', async () => {
    const { exchange, connect } = await exchangeWith({ dials: { messages: 1, per: 60_000 }, lifetime: 500 }, -Infinity);

    for (let time = 1; time <= 2; time++)
      expect(await endOf(connect(), 6)).toMatchObject({ code: 1001, reason: 'The connection was open for too long' });

    expect(exchange.account('test')).toMatchObject({ bans: 0, violations: [] });
  });

  it('refuses handshakes over its limit with 429', async () => {
    const { connect } = await exchangeWith({ dials: { messages: 1, per: 60_000 } });
    const first = connect();
    first.lifecycle.subscribe();
    await firstValueFrom(first.events.pipe(ofType('open')));

    expect(await endOf(connect())).toMatchObject({ status: 429, retryAfter: 5000 });
    await first.close();
  });

  it.each([
    ['too many symbols in a message', { keysPerMessage: 1 }, 'Too many symbols in a message'],
    ['too many symbols', { keysPerConnection: 1 }, 'Too many symbols'],
  ])('closes with 1008 for %s', async (_, rules, reason) => {
    const { connect } = await exchangeWith(rules);

    expect(await endOf(connect(), 1, ['A', 'B'])).toMatchObject({ code: 1008, reason });
  });

  it('closes where its pings are not answered', async () => {
    const { connect } = await exchangeWith({ life: { by: 'ping messages', within: 50 } });

    expect(await endOf(connect())).toMatchObject({ code: 1008, reason: 'Pong timeout' });
  });

  it('closes where it is to have pings, and has none', async () => {
    const { connect } = await exchangeWith({ life: { by: 'own pings', within: 50 } });

    expect(await endOf(connect())).toMatchObject({ code: 4004, reason: 'Pong timeout' });
  });

  it('keeps a connection whose pings are answered, until its lifetime is over, and announces that', async () => {
    const { connect } = await exchangeWith({
      ...{ life: { by: 'ping messages', within: 1800 }, lifetime: 3000, notice: 1000 },
    });
    const feed = connect(answerPings() as Supervision);
    const notices: string[] = [];
    feed.events
      .pipe(ofType('open'))
      .subscribe(({ link }) => (link as Link<Message>).messages.subscribe(({ event }) => notices.push(event)));

    expect(await endOf(feed)).toMatchObject({ code: 1001, reason: 'The connection was open for too long' });
    expect(notices).toEqual(['notice']);
  });

  it('answers commands, and sends a snapshot with what follows it', async () => {
    const { connect } = await exchangeWith();
    const feed = connect();
    const following = firstValueFrom(
      feed.messages.pipe(
        filter(({ symbol }) => symbol === 'A'),
        filter(({ event }) => event === 'snapshot' || event === 'delta'),
        map(({ event, first = 0, number }) => ({ event, first, number })),
        filter(({ event }, index) => index > 0 || event === 'snapshot'),
        take(3),
        toArray(),
        takeUntil(feed.events.pipe(ofType('close'))),
      ),
    );
    const answering = firstValueFrom(
      feed.messages.pipe(
        filter(({ id }) => id === 2),
        take(2),
        toArray(),
      ),
    );

    feed.messages.next({ op: 'subscribe', id: 1, symbols: ['A'] });
    feed.messages.next({ op: 'subscribe', id: 2, symbols: ['GONE'] });

    const [snapshot, one, two] = await following;
    expect(await answering).toEqual([
      { event: 'error', id: 2, symbol: 'GONE', error: 'No such symbol' },
      { event: 'subscribed', id: 2 },
    ]);
    expect([snapshot!.event, one!.first, two!.first]).toEqual(['snapshot', snapshot!.number + 1, one!.number + 1]);
  });
});
