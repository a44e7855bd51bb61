import { nativeTransport, webSocketStreamTransport } from 'rxwire';
import { runProgram } from './program.js';
import type { Findings } from './program.js';

export interface Order {
  readonly url: string;
  readonly transport: string;
}

/** Runs the program where there is no process. */
export const runIn = ({ url, transport }: Order): Promise<Findings> =>
  runProgram(url, transport === 'stream' ? webSocketStreamTransport() : nativeTransport());
