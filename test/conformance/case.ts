import type { Frame } from './frame.js';
import { concat, wireBytes } from './frame.js';

export type Payload = string | Uint8Array;

/** A message that the server compresses, with the state that its connection has then. */
export interface Compressed {
  readonly message: Payload;
  /** The bytes of each frame. Default: all in one. */
  readonly each?: number;
}

/** What the server writes: each entry by itself, or a wait in milliseconds in between. */
export type Write = Uint8Array | Compressed | number;

/** What becomes of the connection, as far as the client decides it. */
export type Ending =
  /** The server closes when all answers have come, and the client reads its code. */
  | { readonly closes: number; readonly reason?: string }
  /** The client fails the connection (RFC 6455 section 7.1.7) with one of these codes, in the order of preference. */
  | { readonly fails: readonly [number, ...number[]] };

/** One case of the protocol: what a server does, and what a client must do. */
export interface Case {
  readonly id: string;
  readonly title: string;
  readonly writes: readonly Write[];
  /** The messages that the client must deliver, and echoes. Before it fails, it may deliver and echo less. */
  readonly delivers: readonly Payload[];
  /** The payloads of the pongs that the client must send. */
  readonly pongs: readonly Uint8Array[];
  readonly ending: Ending;
  /** The server asks for this answer to its compression offer; the case needs a client that offers compression. */
  readonly compression?: Compression;
  /** Where a client may fail early: before this write. It may also fail at the end of the message. */
  readonly early?: number;
}

/** The parameters of the server's answer (RFC 7692 section 7.1). */
export interface Compression {
  readonly serverNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientNoContextTakeover?: boolean;
  readonly clientMaxWindowBits?: number;
}

/** The server closes, once it has all answers. */
export const NORMAL: Ending = { closes: 1000 };
export const PROTOCOL_ERROR: Ending = { fails: [1002] };
export const INVALID_DATA: Ending = { fails: [1007, 1002] };

type Given = Partial<Omit<Case, 'id' | 'title' | 'writes'>>;

/** A case whose answers are none unless given, and which ends normally unless given. */
export function numbered(id: string, title: string, writes: readonly Write[], given: Given = {}): Case {
  return { id, title, writes, delivers: [], pongs: [], ending: NORMAL, ...given };
}

/** Frames in one write. */
export const together = (...frames: readonly Frame[]): Uint8Array[] => [concat(frames.map(wireBytes))];

/** Frames in a write each. */
export const eachFrame = (...frames: readonly Frame[]): Uint8Array[] => frames.map(wireBytes);

/** Frames in writes of one byte each. */
export const eachByte = (...frames: readonly Frame[]): Uint8Array[] =>
  together(...frames).flatMap((whole) => Array.from(whole, (byte) => Uint8Array.of(byte)));
