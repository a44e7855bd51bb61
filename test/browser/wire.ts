import { accept, closeWith, ping, pong, raw, refuseWith, silence } from '../../src/testing/index.js';
import type { Acceptance } from '../../src/testing/index.js';
import { isPong, stepFor } from '../../src/testing/script.js';
import type { ScriptedConnection } from '../../src/testing/script.js';

/** A frame as JSON. */
type Frame = string | { readonly bytes: readonly number[] };

/** The step of a server for one letter. */
type Step =
  | { readonly message: Frame }
  | { readonly open: Acceptance }
  | { readonly ping: string }
  | { readonly pong: string }
  | { readonly close: readonly [number, string] }
  | { readonly silence: true }
  | { readonly refuse: readonly [number, Readonly<Record<string, string>>] };

/** A page's request for a server that plays these scripts. */
export interface Order {
  readonly scripts: readonly string[];
  readonly values: Readonly<Record<string, Step>>;
}

/** A report about the server to its page. The first one has the URL. */
export interface Report {
  readonly url?: string;
  readonly sent?: Frame;
  readonly close?: { readonly code: number; readonly reason: string };
  readonly connection?: {
    readonly url: string;
    readonly protocols: string[];
    readonly headers: Record<string, string>;
  };
}

export const toWire = (data: string | Uint8Array): Frame => (typeof data === 'string' ? data : { bytes: [...data] });

export const dataOf = (frame: Frame): string | Uint8Array =>
  typeof frame === 'string' ? frame : new Uint8Array(frame.bytes);

/** Converts the values of scripts to JSON. */
export function valuesToWire(values: Readonly<Record<string, unknown>>): Order['values'] {
  return Object.fromEntries(Object.entries(values).map(([letter, value]) => [letter, done(value)]));
}

function done(value: unknown): Step {
  let step: Step | undefined;
  const unexpected = () => {
    throw new Error('A value of a script must not do this.');
  };
  const recorder: ScriptedConnection = {
    open: (acceptance) => (step = { open: acceptance }),
    drop: unexpected,
    silence: () => (step = { silence: true }),
    message: (data) => (step = { message: toWire(data) }),
    ping: (payload) => (step = { ping: payload }),
    pong: (payload) => (step = { pong: payload }),
    close: (...fields) => (step = { close: fields }),
    refuse: (...fields) => (step = { refuse: fields }),
  };
  stepFor(value, 'value').act(recorder);
  if (!step || isPong(value) !== 'pong' in step) throw new Error('A value of a script does not do anything known.');
  return step;
}

/** What is done, as values of scripts. */
export function fromWire(values: Order['values']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([letter, step]) => {
      if ('open' in step) return [letter, accept(step.open)];
      if ('silence' in step) return [letter, silence()];
      if ('ping' in step) return [letter, ping(step.ping)];
      if ('pong' in step) return [letter, pong(step.pong)];
      if ('close' in step) return [letter, closeWith(...step.close)];
      if ('refuse' in step) return [letter, refuseWith(...step.refuse)];
      const data = dataOf(step.message);
      return [letter, typeof data === 'string' ? raw(data) : data];
    }),
  );
}
