import { first } from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { json, observeWebSocket, onOpen, retryWithBackoff, text } from '../../src/index.node.js';
import type { LifecycleEvent, Link, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

interface Reply {
  readonly ok: boolean;
}
interface LogIn {
  readonly token: string;
}

describe('onOpen', () => {
  it('knows the link of the connection that it is given to', () => {
    observeWebSocket<Trade, Command>(
      url,
      onOpen((link) => {
        expectTypeOf(link).toEqualTypeOf<Link<Trade, Command>>();
        expectTypeOf(link.messages).toEqualTypeOf<Observable<Trade>>();
        link.send({ op: 'subscribe' });
        // @ts-expect-error -- no such command
        const misspelt = () => link.send({ opp: 1 });
        expectTypeOf(misspelt).toBeFunction();
      }),
      retryWithBackoff(),
    );
    observeWebSocket<Trade>(
      { url },
      onOpen((link) => void expectTypeOf(link).toEqualTypeOf<Link<Trade, Trade>>()),
    );
    const misspelt = () =>
      observeWebSocket<Trade, Command>(
        url,
        // @ts-expect-error -- no such command
        onOpen((link) => link.send({ opp: 1 })),
      );
    expectTypeOf(misspelt).toBeFunction();
  });

  it('knows it from the codec', () => {
    observeWebSocket(
      { url, codec: json<Trade, Command>() },
      onOpen((link) => void expectTypeOf(link).toEqualTypeOf<Link<Trade, Command>>()),
    );
    observeWebSocket(
      { url, codec: text() },
      retryWithBackoff(),
      onOpen((link) => void expectTypeOf(link).toEqualTypeOf<Link<string, string>>()),
    );
  });

  it('knows nothing of it where nothing is known', () => {
    observeWebSocket(
      url,
      onOpen((link) => void expectTypeOf(link).toEqualTypeOf<Link>()),
    );
    observeWebSocket(
      { url },
      onOpen((link) => void expectTypeOf(link).toEqualTypeOf<Link>()),
    );
    const logIn = onOpen((link) => void expectTypeOf(link).toEqualTypeOf<Link>());

    expectTypeOf(logIn).toEqualTypeOf<MonoTypeOperatorFunction<LifecycleEvent>>();
  });

  it('may have types of its own, for messages that only a set-up has', () => {
    const logIn = onOpen<Reply, LogIn>((link) => {
      expectTypeOf(link).toEqualTypeOf<Link<Reply, LogIn>>();
      link.send({ token: 'secret' });
      return link.messages.pipe(first(({ ok }) => ok));
    });

    expectTypeOf(logIn).toExtend<Supervision>();
    expectTypeOf(logIn).toExtend<Supervision<Reply, LogIn>>();
    expectTypeOf(observeWebSocket<Trade, Command>(url, logIn)).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket(url, logIn)).toEqualTypeOf<WebSocketConnection>();
    expectTypeOf(observeWebSocket({ url, codec: text() }, logIn)).toEqualTypeOf<WebSocketConnection<string>>();
    // @ts-expect-error -- a trade is not what is sent
    const noCommand = () => onOpen<Trade, Command>((link) => link.send({ price: 1 }));
    expectTypeOf(noCommand).toBeFunction();
  });

  it('waits for a stream, a promise, a list or nothing', () => {
    onOpen(() => {});
    onOpen(() => [1]);
    onOpen(async () => {});
    onOpen((link) => link.messages.pipe(first()));
    // @ts-expect-error -- a number is nothing to wait for
    const noNumber = () => onOpen(() => 5);
    // @ts-expect-error -- to be a function
    const noFunction = () => onOpen({ op: 'log in' });

    expectTypeOf([noNumber, noFunction]).toBeArray();
  });
});
