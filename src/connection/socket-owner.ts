import type { CloseFields } from '../protocol/errors.js';
import type { CloseEvent, ErrorEvent } from '../protocol/lifecycle.js';
import type { ResponseHeaders } from '../transport/transport.js';

/** What a socket reports to: the attempt that it belongs to. */
export interface SocketOwner {
  readonly phase: 'connecting' | 'open' | 'closing' | 'ended';
  /** When its `open` left the supervision; before that it is being set up. */
  readonly openSince: number | undefined;
  /** Is called before its socket is made, where somebody wants to know. */
  readonly dialing: (() => void) | undefined;
  emit(event: ErrorEvent): void;
  /** The handshake succeeded. */
  opened(protocol: string, extensions: string, headers: ResponseHeaders | undefined): void;
  /** The socket is closed, and everything that it has received is delivered. */
  closed(fields: CloseFields, initiator: CloseEvent['initiator']): void;
  /** No connection can be made. */
  failed(error: Error): void;
  /** Nothing is left of it. */
  released(): void;
}
