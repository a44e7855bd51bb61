import * as operators from '../../../operators/index.js';
import { createConnection } from '../../../src/connection/connection.js';

/** The part of the library that is played with: the sources, or a copy of them with a planted fault. */
export interface Library extends Pick<typeof operators, 'onOpen' | 'retryWithBackoff'> {
  readonly createConnection: typeof createConnection;
}

/** The sources as they are. */
export const library: Library = { ...operators, createConnection };
