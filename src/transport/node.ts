import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { expectObject } from '../protocol/arguments.js';
import { after, bounded } from '../protocol/backoff.js';
import { HandshakeError } from '../protocol/errors.js';
import { refusedWith } from '../protocol/handshake.js';
import { withoutUndefined } from '../protocol/options.js';
import type { Transport } from './transport.js';

/** Every client option of `ws`, but for those that the connection itself decides. */
export type WsTransportOptions = {
  [K in Exclude<keyof ClientOptions, 'protocol' | 'handshakeTimeout' | 'closeTimeout'>]?: ClientOptions[K] | undefined;
};

const MAX_PAYLOAD = 16 * 1024 * 1024;

/** OpenSSL's verdicts on certificates, as Node names them: asking again brings the same certificate. */
const CERTIFICATE_ERROR =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID|ERROR_IN_CERT_|ERROR_IN_CRL_)/;

/** What `ws` says when the answer to the handshake breaks RFC 6455 section 4.1: the same server will say it again. */
const HANDSHAKE_VIOLATION = /^(Invalid (Upgrade|Sec-WebSocket-\w+) header|Server sent )/;

function isFatal(error: Error & { code?: string }): boolean {
  return error.code === undefined ? HANDSHAKE_VIOLATION.test(error.message) : CERTIFICATE_ERROR.test(error.code);
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/**
 * `ws` as a transport: ping frames, request headers, real backpressure, and the status of a refused handshake.
 *
 * @param options every client option of `ws`. Defaults that differ from its own: `maxPayload` is 16 MiB, and
 *   `perMessageDeflate` is off
 */
export function wsTransport(options: WsTransportOptions = {}): Transport {
  expectObject('options', options);
  return {
    canPause: true,
    canSetHeaders: true,
    sizeOf: (data) => (typeof data === 'string' ? Buffer.byteLength(data) : data.length),
    open({ url, protocols, headers, closeTimeout, scheduler }, sink) {
      const own = withoutUndefined(options);
      const socket = new WebSocket(url, [...protocols], {
        maxPayload: MAX_PAYLOAD,
        perMessageDeflate: false,
        ...own,
        headers: { ...own.headers, ...headers },
        closeTimeout: bounded(closeTimeout),
      } as ClientOptions);
      let isOpen = false;
      let isRefused = false;

      socket.once('open', () => {
        isOpen = true;
        sink.onOpen(socket.protocol, socket.extensions);
      });
      // After a FIN without a Close frame `ws` waits until all is sent, which may be for ever.
      socket.once('upgrade', ({ socket: tcp }) =>
        tcp.on('end', () => {
          const patience = after(closeTimeout, scheduler).subscribe(() => socket.terminate());
          socket.once('close', () => patience.unsubscribe());
        }),
      );
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) sink.onMessage(new Uint8Array(data.buffer, data.byteOffset, data.length), data.length);
        else sink.onMessage(data.toString(), data.length);
      });
      socket.on('pong', (payload) => sink.onPong(payload));
      socket.on('unexpected-response', (_request, { statusCode = 0, headers }) => {
        isRefused = true;
        sink.onError(refusedWith(statusCode, flat(headers), scheduler.now()));
        socket.terminate(); // or it would stay half open for ever
      });
      socket.on('error', (error) => {
        if (isRefused) return; // it tells of our own terminate()
        sink.onError(isOpen ? error : new HandshakeError(error.message, { cause: error, fatal: isFatal(error) }));
      });
      socket.on('close', (code, reason) => sink.onClose(code, reason.toString(), code !== 1006));

      return socket;
    },
  };
}
