import type { ClientRequestArgs } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { ClientOptions } from 'ws';
import { atOnce, expectObject } from '../../protocol/arguments.js';
import { withoutUndefined } from '../../protocol/options.js';
import { finishing } from './finish-request.js';
import { guarded } from './guarded.js';

/** What `ws` passes on to Node's own request, and what its types do not know yet. */
interface OtherOptions
  extends
    Pick<
      ClientRequestArgs,
      'hints' | 'insecureHTTPParser' | 'localPort' | 'lookup' | 'maxHeaderSize' | 'setHost' | 'signal'
    >,
    Pick<RequestOptions, 'servername'> {
  /** How many pongs may wait to be sent before the connection ends; 0 for any number. @default 10_000 */
  maxPendingAutoPongs?: number;
}

type Options = ClientOptions & OtherOptions;

/** Every client option of `ws` and of Node's own request, but for those that the connection itself decides. */
export type WsTransportOptions = {
  [K in Exclude<keyof Options, 'protocol' | 'handshakeTimeout' | 'closeTimeout'>]?: Options[K] | undefined;
};

/** The same, checked, with their defaults. */
export type SettledOptions = WsTransportOptions & { readonly maxPayload: number };

const MAX_PAYLOAD = 16 * 1024 * 1024;

/** A pause ends with as many pings in one go as came meanwhile. 60, the default of `ws`, are soon together. */
const MAX_PENDING_PONGS = 10_000;

/** Options with their defaults, and the user's functions such that what they throw ends an attempt and not the process. */
export function settledOptions(options: WsTransportOptions): SettledOptions {
  expectObject('options', options);
  const { lookup, createConnection, checkServerIdentity } = options;
  return {
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: false,
    maxPendingAutoPongs: MAX_PENDING_PONGS,
    ...withoutUndefined(options),
    ...finishing(options),
    ...(lookup && { lookup: guarded(lookup, (error, _host, _options, answer) => answer(error, '')) }),
    ...(checkServerIdentity && {
      checkServerIdentity: guarded(
        (...args: Parameters<typeof checkServerIdentity>) =>
          atOnce('checkServerIdentity(…)', checkServerIdentity(...args)),
        (error) => error as never, // Node refuses the peer by it
      ),
    }),
    ...(createConnection && {
      createConnection: guarded(createConnection as (...args: unknown[]) => Socket, (error) => {
        throw error; // Node reports it, but not where it is nothing
      }),
    }),
  };
}
