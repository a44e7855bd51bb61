import type { ClientRequest, IncomingMessage } from 'node:http';
import type { ClientOptions, WebSocket } from 'ws';
import { HandshakeError } from '../../protocol/errors.js';
import type { TransportSink } from '../transport.js';
import { guarded } from './guarded.js';
import type { WsTransportOptions } from './options.js';

type Finish = NonNullable<ClientOptions['finishRequest']>;

/** The `finishRequest` for `ws`, where one is needed: what throws in it, or in a redirect, ends the attempt alone. */
export function finishing({
  finishRequest,
  followRedirects,
}: Pick<WsTransportOptions, 'finishRequest' | 'followRedirects'>): { finishRequest?: Finish } {
  const finish = finishRequest && guarded(finishRequest, (error, request) => request.destroy(error));
  if (!followRedirects) return finish ? { finishRequest: finish } : {};
  return {
    finishRequest(request, socket) {
      catchRedirects(request, socket);
      if (finish) finish(request, socket);
      else request.end();
    },
  };
}

/** `ws` follows a redirect as the answer arrives, and what cannot be requested throws there, where nobody catches it. */
function catchRedirects(request: ClientRequest, socket: WebSocket): void {
  const listeners = request.listeners('response');
  request.removeAllListeners('response');
  request.on('response', (response: IncomingMessage) => {
    try {
      for (const listener of listeners) listener.call(request, response);
    } catch (thrown) {
      const { code = 'unknown' } = thrown as { code?: string };
      const { sink } = socket as unknown as { readonly sink: TransportSink };
      sink.onError(new HandshakeError(`The server redirected to what cannot be requested (${code}).`, { fatal: true }));
      sink.onClose(1006, '', false);
    }
  });
}
