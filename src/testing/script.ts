import { isObservable } from 'rxjs';
import { expectObject, expectString, refuse } from '../protocol/arguments.js';
import { bytesOf } from '../protocol/bytes.js';
import { expectSendable } from '../protocol/close-codes.js';
import { isThenable } from '../protocol/is-thenable.js';

const STEP = Symbol.for('rxwire.scriptStep');
const PONG = Symbol.for('rxwire.scriptPong');

/** A step of the scripted server other than sending a message. It is the value of a letter of a script. */
export interface ScriptStep {
  /** @internal */
  readonly [STEP]: true;
  /** Performs the step on a connection. @internal */
  readonly act: (connection: ScriptedConnection) => void;
}

/** The answer of the server to a successful handshake. */
export interface Acceptance {
  /** The chosen subprotocol. @default the first one offered */
  readonly protocol?: string | undefined;
  /** The headers of the answer; a header that is sent several times, like `set-cookie`, is a list. @default none */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** The accepted extensions. @default none */
  readonly extensions?: string | undefined;
}

/** The actions that a step can perform. */
export interface ScriptedConnection {
  open(acceptance: Acceptance): void;
  message(data: string | Uint8Array): void;
  ping(payload: string): void;
  pong(payload: string): void;
  close(code: number, reason: string): void;
  refuse(status: number, headers: Readonly<Record<string, string>>): void;
  /** @param error why, where that is known */
  drop(error?: Error): void;
  silence(): void;
}

function step(act: ScriptStep['act']): ScriptStep {
  return { [STEP]: true, act };
}

/** The handshake succeeds, with this answer. Used in place of `o`. */
export function accept(acceptance: Acceptance = {}): ScriptStep {
  expectObject('acceptance', acceptance);
  const { protocol, headers = {}, extensions } = acceptance;
  if (protocol !== undefined) expectString('protocol', protocol);
  if (extensions !== undefined) expectString('extensions', extensions);
  expectObject('headers', headers);
  for (const [name, value] of Object.entries(headers)) {
    for (const text of [value].flat()) expectString(`headers.${name}`, text);
  }
  const lowerCase = inLowerCase(headers);
  return step((connection) => connection.open({ ...acceptance, headers: lowerCase }));
}

/** The server closes with a code from 1000 to 4999, those of RFC 6455 included, and a reason. */
export function closeWith(code: number, reason = ''): ScriptStep {
  expectWithin('code', code, 1000, 4999);
  expectSendable(1000, reason);
  return closes(code, reason);
}

/** The same, of a recording, whose words may be longer than a frame's where a secret was taken out. */
export function closes(code: number, reason: string): ScriptStep {
  return step((connection) => connection.close(code, reason));
}

/** The server answers the handshake with an HTTP status and headers. Used in place of `o`. */
export function refuseWith(status: number, headers: Readonly<Record<string, string>> = {}): ScriptStep {
  expectWithin('status', status, 200, 599);
  return refuses(status, headers);
}

/** The same, with whatever status a server was recorded to give. */
export function refuses(status: number, headers: Readonly<Record<string, string>> = {}): ScriptStep {
  expectObject('headers', headers);
  for (const [name, value] of Object.entries(headers)) expectString(`headers.${name}`, value);
  const lowerCase = inLowerCase(headers);
  return step((connection) => connection.refuse(status, lowerCase));
}

/** Checks a number that stands for something. */
export function expectWithin(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
  refuse(name, `an integer from ${least} to ${most}`, value, RangeError);
}

function inLowerCase<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The server sends a ping frame. The client answers it. */
export function ping(payload = ''): ScriptStep {
  expectString('payload', payload);
  return step((connection) => connection.ping(payload));
}

/** The server sends a pong frame. If a script has one, pings are not answered automatically. */
export function pong(payload = ''): ScriptStep {
  expectString('payload', payload);
  return Object.assign(
    step((connection) => connection.pong(payload)),
    { [PONG]: true },
  );
}

/** The server sends this text in a text frame, unchanged. */
export function raw(text: string): ScriptStep {
  expectString('text', text);
  return step((connection) => connection.message(text));
}

/**
 * From here on the server answers nothing: no ping, no message and no Close frame. The peer of a half-open connection.
 * What comes later in the script is still sent.
 */
export function silence(): ScriptStep {
  return step((connection) => connection.silence());
}

/** The connection breaks, and the error says why. */
export function breaks(error?: Error): ScriptStep {
  return step((connection) => connection.drop(error));
}

/** Several steps in one frame. */
export function inTurn(steps: readonly ScriptStep[]): ScriptStep {
  return step((connection) => {
    for (const { act } of steps) act(connection);
  });
}

export const isStep = (value: unknown): value is ScriptStep => isMarked(value, STEP);

export const isPong = (value: unknown): boolean => isMarked(value, PONG);

const isMarked = (value: unknown, mark: symbol): boolean =>
  (value as Record<symbol, unknown> | null | undefined)?.[mark] === true;

export const opens: ScriptStep = /* @__PURE__ */ step((connection) => connection.open({}));

/**
 * The step for a value: a step itself, a binary frame, or a message as JSON text.
 *
 * @param name of the value, for the error
 * @throws TypeError if the value cannot be sent
 */
export function stepFor(value: unknown, name: string): ScriptStep {
  if (isStep(value)) return value;
  const data = bytesOf(value) ?? jsonOf(value, name);
  return step((connection) => connection.message(data));
}

function jsonOf(value: unknown, name: string): string {
  let text: string | undefined;
  if (isObservable(value) || isThenable(value)) refuse(name, 'a value of JSON, a Uint8Array or a step', value);
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(`Expected \`${name}\` to be a value of JSON, got one that cannot be converted.`, { cause });
  }
  return text ?? refuse(name, 'a value of JSON, a Uint8Array or a step', value);
}
