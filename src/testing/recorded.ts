import { expectObject, expectString, refuse } from '../protocol/arguments.js';
import { HandshakeError } from '../protocol/errors.js';
import { drawMarbles } from './marbles.js';
import type { RecordedConnection, RecordedEvent, Recording } from './recording.js';
import { accept, breaks, closes, expectWithin, inTurn, opens, ping, raw, refuses, silence, stepFor } from './script.js';
import type { ScriptStep } from './script.js';

/** A recording as scripts. It stands in place of the scripts of {@link scriptedServer}. */
export interface RecordedScripts {
  /** One marble string per connection, at the times of the recording. */
  readonly scripts: readonly string[];
  /** The values of their letters. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Converts a recording, which `rxwire url --record session.json` writes, to scripts for {@link scriptedServer}. The server
 * then does what the recorded one did, at its times.
 *
 * What the client did is not played. Where the recorded client started the closing handshake, the server answers that of
 * the client under test, and leaves the connection open until then.
 *
 * @param session the parsed JSON
 * @throws TypeError if it is not a recording
 *
 * @example
 * const session = JSON.parse(readFileSync('outage.json', 'utf8'));
 * const server = scriptedServer(cold, recorded(session));
 */
export function recorded(session: {
  readonly version: number;
  readonly connections: readonly object[];
}): RecordedScripts {
  expectObject('session', session);
  const { version, connections } = session as Recording;
  if (version !== 1) refuse('session.version', '1', version);
  if (!Array.isArray(connections) || connections.length === 0) {
    refuse('session.connections', 'an array of at least one connection', connections);
  }
  const alphabet = new Alphabet();
  const scripts = (connections as RecordedConnection[]).map((connection, index) =>
    scriptOf(connection, `session.connections[${index}]`, alphabet),
  );
  return { scripts, values: alphabet.values };
}

function scriptOf(connection: RecordedConnection, name: string, alphabet: Alphabet): string {
  expectObject(name, connection);
  const { events } = connection;
  if (!Array.isArray(events)) refuse(`${name}.events`, 'an array', events);
  const frames = new Map<number, Played[]>();
  let isOpen = false;
  let isClosing = false;
  let last = 0;
  (events as readonly RecordedEvent[]).forEach((event, index) => {
    const where = `${name}.events[${index}]`;
    expectObject(where, event);
    const { at, type } = event;
    if (!Number.isInteger(at) || at < last) refuse(`${where}.at`, `an integer of ${last} or more`, at);
    last = at;
    isOpen ||= type === 'open';
    const played = playedBy(event, isOpen, where);
    // It answers the client's Close frame, and the client under test may close at another time.
    const isAnswer = isClosing && (type === 'close' || type === 'drop');
    isClosing ||= type === 'sentClose' || type === 'terminated';
    if (played && !isAnswer) frames.set(at, [...(frames.get(at) ?? []), played]);
  });
  return drawMarbles([...frames].map(([frame, all]) => ({ frame, letter: alphabet.letterFor(all) })));
}

/** The types that are played with data. */
const WITH_DATA: ReadonlySet<string> = new Set<RecordedEvent['type']>(['message', 'binary', 'ping']);

/** How an event is played: a character of marbles, or a value; `key` is the same for the same one. */
interface Played {
  readonly character?: string;
  readonly value: unknown;
  readonly key: string;
}

function playedBy(event: RecordedEvent, isOpen: boolean, where: string): Played | undefined {
  const play = (value: unknown, character?: string): Played => {
    const key = JSON.stringify({ ...event, at: 0, isOpen });
    return { value, key, ...(character && { character }) };
  };
  if (WITH_DATA.has(event.type)) expectString(`${where}.data`, (event as { data?: unknown }).data);
  switch (event.type) {
    case 'open': {
      const { protocol = '', extensions = '' } = event;
      return protocol || extensions ? play(accept({ protocol, extensions })) : play(opens, 'o');
    }
    case 'message':
      return play(messageOf(event.data));
    case 'binary':
      return play(bytesIn(event.data, `${where}.data`));
    case 'ping':
      return play(ping(event.data));
    case 'close':
      expectWithin(`${where}.code`, event.code, 1000, 4999);
      expectString(`${where}.reason`, event.reason);
      return play(closes(event.code, event.reason), event.code === 1000 && !event.reason ? '|' : undefined);
    case 'refused':
      expectWithin(`${where}.status`, event.status, 100, 999);
      return play(refuses(event.status, event.headers));
    case 'drop':
      if (!event.message) return play(breaks(), '#');
      return play(breaks(isOpen ? new Error(event.message) : new HandshakeError(event.message)));
    case 'silence':
      return play(silence());
    case 'pong': // a ping of the client under test is answered
    case 'sent':
    case 'sentBinary':
    case 'sentPing':
    case 'sentClose':
    case 'terminated':
      return undefined;
    default:
      return refuse(`${where}.type`, 'a type of the format', (event as { type: unknown }).type);
  }
}

function bytesIn(base64: string, where: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return refuse(where, 'base64', base64);
  }
}

/** A value where that is sent as the same text, as it can be read in the scripts. */
function messageOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (JSON.stringify(value) === text) return value;
  } catch {
    // not JSON
  }
  return raw(text);
}

/** Gives a letter to each value. */
class Alphabet {
  readonly values: Record<string, unknown> = {};
  readonly #letters = new Map<string, string>();

  /** All that happens in one millisecond has one letter, because a group would take several. */
  letterFor(played: readonly Played[]): string {
    const [first] = played;
    if (played.length === 1 && first!.character) return first!.character;
    const key = played.map((each) => each.key).join();
    const known = this.#letters.get(key);
    if (known) return known;
    const letter = letterAt(this.#letters.size);
    this.#letters.set(key, letter);
    this.values[letter] =
      played.length === 1 ? first!.value : inTurn(played.map(({ value, key }): ScriptStep => stepFor(value, key)));
    return letter;
  }
}

const LATIN = 'abcdefghijklmnpqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'; // `o` opens

/** More letters than Latin has are Chinese characters. */
function letterAt(index: number): string {
  const beyond = index - LATIN.length;
  if (beyond < 0) return LATIN[index]!;
  return String.fromCodePoint(beyond < 0x5000 ? 0x4e00 + beyond : 0x20000 + beyond - 0x5000);
}
