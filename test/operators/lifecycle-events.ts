import { NEVER } from 'rxjs';
import { ConnectionClosedError } from '../../src/protocol/errors.js';
import type {
  CloseEvent,
  ConnectingEvent,
  ErrorEvent,
  HeartbeatEvent,
  OpenEvent,
  ReconnectingEvent,
} from '../../src/protocol/lifecycle.js';
import type { Link } from '../../src/protocol/link.js';

/** A link that nothing is expected of. */
const idleLink: Link = {
  received: 0,
  paused: false,
  pauses: 0,
  messages: NEVER,
  pongs: NEVER,
  intercept: () => () => undefined,
  send: () => undefined,
  sendRaw: () => undefined,
  close: () => undefined,
  terminate: () => undefined,
};

export const connecting = (attempt = 1): ConnectingEvent => ({ type: 'connecting', attempt });

export const open = (link: Link = idleLink): OpenEvent => ({
  type: 'open',
  attempt: 1,
  url: 'ws://test/',
  protocol: '',
  extensions: '',
  link,
});

export const close = (code = 1006, sinceHealthy?: number): CloseEvent => ({
  type: 'close',
  code,
  reason: '',
  wasClean: code !== 1006,
  initiator: 'remote',
  ...(sinceHealthy !== undefined && { sinceHealthy }),
});

export const trouble = (error: Error): ErrorEvent => ({ type: 'error', error });

export const heartbeatEvent = (latency: number): HeartbeatEvent => ({ type: 'heartbeat', latency });

export const reconnecting = (retry: number, delay: number, error: Error): ReconnectingEvent => ({
  type: 'reconnecting',
  retry,
  delay,
  error,
});

export const closedWith = (code: number, retryAfter?: number): ConnectionClosedError =>
  new ConnectionClosedError({ code, reason: '', wasClean: true }, { retryAfter });
