import { describe, expectTypeOf, it } from 'vitest';
import {
  BufferOverflowError,
  CloseCode,
  ConnectionClosedError,
  ConnectTimeoutError,
  DecodeError,
  fatalCloseCodes,
  FatalCloseError,
  fatalHandshakeStatuses,
  HandshakeError,
  HeartbeatTimeoutError,
  isBufferOverflowError,
  isConnectionClosedError,
  isConnectTimeoutError,
  isDecodeError,
  isFatalCloseError,
  isFatalError,
  isHandshakeError,
  isHeartbeatTimeoutError,
  isMessageDroppedError,
  isOutboxOverflowError,
  isRequestTimeoutError,
  isSendable,
  isSetupError,
  isWebSocketError,
  MessageDroppedError,
  OutboxOverflowError,
  RequestTimeoutError,
  SetupError,
  WebSocketError,
} from '../../src/index.node.js';
import type { DroppedEvent, HandshakeErrorOptions, WebSocketErrorOptions } from '../../src/index.node.js';

describe('An error', () => {
  it('is a WebSocketError', () => {
    expectTypeOf<
      | BufferOverflowError
      | ConnectionClosedError
      | ConnectTimeoutError
      | DecodeError
      | FatalCloseError
      | HandshakeError
      | HeartbeatTimeoutError
      | MessageDroppedError
      | OutboxOverflowError
      | RequestTimeoutError
      | SetupError
    >().toExtend<WebSocketError>();
    expectTypeOf<WebSocketError>().toExtend<Error>();
  });

  it('has a literal name and fields of its own', () => {
    expectTypeOf<WebSocketError['fatal']>().toEqualTypeOf<boolean>();
    expectTypeOf<WebSocketError['retryAfter']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<WebSocketError['cause']>().toEqualTypeOf<unknown>();
    expectTypeOf<ConnectionClosedError>().toExtend<{
      readonly name: 'ConnectionClosedError';
      readonly code: number;
      readonly reason: string;
      readonly wasClean: boolean;
    }>();
    expectTypeOf<HandshakeError['name']>().toEqualTypeOf<'HandshakeError'>();
    expectTypeOf<HandshakeError['status']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<DecodeError['data']>().toEqualTypeOf<string | Uint8Array>();
    expectTypeOf<OutboxOverflowError['name']>().toEqualTypeOf<'OutboxOverflowError'>();
    expectTypeOf<OutboxOverflowError['capacity' | 'maxBytes']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<MessageDroppedError['name']>().toEqualTypeOf<'MessageDroppedError'>();
    expectTypeOf<MessageDroppedError['reason']>().toEqualTypeOf<DroppedEvent['reason']>();
    expectTypeOf<BufferOverflowError>().toExtend<{ readonly name: 'BufferOverflowError' }>();
    expectTypeOf<BufferOverflowError['highWaterMark']>().toEqualTypeOf<number>();
    expectTypeOf<RequestTimeoutError['name']>().toEqualTypeOf<'RequestTimeoutError'>();
    expectTypeOf<ConnectTimeoutError['name']>().toEqualTypeOf<'ConnectTimeoutError'>();
    expectTypeOf<HeartbeatTimeoutError['name']>().toEqualTypeOf<'HeartbeatTimeoutError'>();
    expectTypeOf<SetupError['name']>().toEqualTypeOf<'SetupError'>();
    expectTypeOf<FatalCloseError['name']>().toEqualTypeOf<'FatalCloseError'>();
  });

  it('may be thrown by users', () => {
    expectTypeOf(WebSocketError).toBeConstructibleWith('down');
    expectTypeOf(WebSocketError).toBeConstructibleWith('down', { fatal: true, cause: 'any', retryAfter: 5 });
    expectTypeOf(HandshakeError).toBeConstructibleWith('refused', { status: 429, headers: { 'retry-after': '7' } });
    expectTypeOf(ConnectionClosedError).toBeConstructibleWith({ code: 4000, reason: '', wasClean: true });
    expectTypeOf(ConnectTimeoutError).toBeConstructibleWith('slow');
    expectTypeOf(HeartbeatTimeoutError).toBeConstructibleWith('silent');
    expectTypeOf(SetupError).toBeConstructibleWith('refused', { cause: new Error() });
    expectTypeOf(DecodeError).toBeConstructibleWith('odd', { data: '{' });
    expectTypeOf(FatalCloseError).toBeConstructibleWith(new Error());
    expectTypeOf<HandshakeErrorOptions>().toExtend<WebSocketErrorOptions>();
    // @ts-expect-error -- no such option
    const noOption = () => new WebSocketError('down', { fetal: true });
    // @ts-expect-error -- what would not decode is missing
    const noData = () => new DecodeError('odd');
    // @ts-expect-error -- a duration is a number
    const noDate = () => new WebSocketError('busy', { retryAfter: new Date() });

    expectTypeOf([noOption, noData, noDate]).toBeArray();
  });

  it('is narrowed by its guard', () => {
    expectTypeOf(isWebSocketError).guards.toEqualTypeOf<WebSocketError>();
    expectTypeOf(isBufferOverflowError).guards.toEqualTypeOf<BufferOverflowError>();
    expectTypeOf(isConnectionClosedError).guards.toEqualTypeOf<ConnectionClosedError>();
    expectTypeOf(isConnectTimeoutError).guards.toEqualTypeOf<ConnectTimeoutError>();
    expectTypeOf(isDecodeError).guards.toEqualTypeOf<DecodeError>();
    expectTypeOf(isFatalCloseError).guards.toEqualTypeOf<FatalCloseError>();
    expectTypeOf(isHandshakeError).guards.toEqualTypeOf<HandshakeError>();
    expectTypeOf(isHeartbeatTimeoutError).guards.toEqualTypeOf<HeartbeatTimeoutError>();
    expectTypeOf(isMessageDroppedError).guards.toEqualTypeOf<MessageDroppedError>();
    expectTypeOf(isOutboxOverflowError).guards.toEqualTypeOf<OutboxOverflowError>();
    expectTypeOf(isRequestTimeoutError).guards.toEqualTypeOf<RequestTimeoutError>();
    expectTypeOf(isSetupError).guards.toEqualTypeOf<SetupError>();
    expectTypeOf(isFatalError).toBeCallableWith('whatever was thrown');
    expectTypeOf(isFatalError('')).toEqualTypeOf<boolean>();
  });

  it('is read only', () => {
    const error = new ConnectionClosedError({ code: 4000, reason: '', wasClean: true });
    // @ts-expect-error -- as said
    const write = () => (error.code = 1000);

    expectTypeOf(write).toBeFunction();
  });
});

describe('A table of codes', () => {
  it('is read only', () => {
    expectTypeOf(fatalCloseCodes).toHaveProperty('standard').toEqualTypeOf<ReadonlySet<number>>();
    expectTypeOf<keyof typeof fatalCloseCodes>().toEqualTypeOf<
      'standard' | 'graphqlWs' | 'discord' | 'centrifugo' | 'pusher'
    >();
    expectTypeOf(fatalHandshakeStatuses).toEqualTypeOf<ReadonlySet<number>>();
    // @ts-expect-error -- as said
    const noCode = () => fatalCloseCodes.standard.add(4100);
    // @ts-expect-error -- as said
    const noStatus = () => fatalHandshakeStatuses.add(418);
    // @ts-expect-error -- as said
    const noTable = () => (fatalCloseCodes.pusher = new Set());

    expectTypeOf([noCode, noStatus, noTable]).toBeArray();
  });

  it('has names for single codes', () => {
    expectTypeOf(CloseCode.SETUP_FAILED).toExtend<number>();
    expectTypeOf(isSendable).toEqualTypeOf<(code: number) => boolean>();
    // @ts-expect-error -- no such code
    expectTypeOf(CloseCode).toHaveProperty('SETUP_FALIED');
  });
});
