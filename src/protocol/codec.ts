import type { StandardSchemaV1 } from '@standard-schema/spec';
import { bytesOf } from './bytes.js';
import { expectFunction, expectObject } from './arguments.js';
import { isThenable } from './is-thenable.js';
import { severalJudged } from './several.js';
import { textOfUtf8, utf8Of } from './utf8.js';

/** How messages become frames and frames become messages. A throw refuses one message, never the connection. */
export interface Codec<In, Out = In> {
  /** A string is sent as a text frame, bytes as a binary frame. */
  encode(value: Out): string | Uint8Array;
  /**
   * Text frames come as strings, binary frames as a view of what arrived, never a copy. May return a promise: messages
   * are then delivered in the order in which they arrived, each when its promise is settled. Where it returns what
   * `several` makes, the codec is a `Codec<Several<Trade>, Command>`, and the messages are trades.
   */
  decode(data: string | Uint8Array): In;
}

/** The text of a frame; throws where bytes are not UTF-8. */
const textOf = (data: string | Uint8Array): string => (typeof data === 'string' ? data : textOfUtf8(data));

/** What `json()` is: JSON without a schema, and without the code for schemas in bundles that have none. */
export const plainJson: Codec<unknown> = {
  encode(value) {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`A value of type ${typeof value} has no JSON.`);
    return text;
  },
  decode: (data) => JSON.parse(textOf(data)) as unknown,
};

/** What a schema says of one value: the value to use, or what is wrong with it. */
export type SchemaResult<T> = StandardSchemaV1.Result<T>;

/** One thing that is wrong with a value. */
export type SchemaIssue = StandardSchemaV1.Issue;

/** A step of an issue's path, as some libraries give it. */
export type PathSegment = StandardSchemaV1.PathSegment;

/**
 * The part of a Standard Schema that is used here; zod, valibot, arktype and others make them.
 * @see https://standardschema.dev
 */
export interface StandardSchema<T> {
  /** The schema's own function, and what it makes for the compiler. */
  readonly '~standard': Pick<StandardSchemaV1.Props<unknown, T>, 'validate' | 'types'>;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- a frame is of any shape that the server has */
/** The options of {@link json}. */
export type JsonOptions<In> =
  | {
      /** Validates each message; what it refuses becomes a `rejected` event. @default any JSON passes */
      schema: StandardSchema<In>;
      /** As without a schema, and the schema says what the messages are. @default a frame is one message */
      split?: ((frame: any) => Iterable<unknown>) | undefined;
    }
  | {
      /** None. */
      schema?: undefined;
      /**
       * Returns the messages that a frame holds: each is delivered by itself, in order. None is no fault. What is no
       * iterable, a string, and what it throws become a `rejected` event. @default a frame is one message
       */
      split?: ((frame: any) => Iterable<In>) | undefined;
    };
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The value that passed a schema. @throws TypeError with a sentence for each issue, and the `issues` */
function accepted<T>(result: SchemaResult<T>): T {
  if (!result.issues) return result.value;
  const sentences = result.issues.map(({ message, path = [] }) => {
    const place = path.map((key) => String(typeof key === 'object' ? key.key : key)).join('.');
    return place ? `${place}: ${message}` : message;
  });
  throw Object.assign(new TypeError(sentences.join('; ')), { issues: result.issues });
}

/** From a schema's first promise on every result is one: it may be slow for one message and quick for the next. */
function judge<T>({ '~standard': standard }: StandardSchema<T>): (value: unknown) => T | Promise<T> {
  let isSlow = false;
  return (value) => {
    const result = standard.validate(value);
    isSlow ||= isThenable(result);
    return isSlow ? Promise.resolve(result).then(accepted) : accepted(result as SchemaResult<T>);
  };
}

/**
 * Messages as JSON (RFC 8259), sent as text frames; the default codec. Takes text frames, and binary frames that hold
 * UTF-8 JSON. A value that has no JSON (`undefined`, a function, a cycle, a BigInt) does not encode.
 *
 * @throws TypeError where `options` is not an object
 *
 * @example
 * observeWebSocket({ url, codec: json<Trade, Command>() })
 */
export function json<In = unknown, Out = In>(
  options?: JsonOptions<In> & { schema?: undefined; split?: undefined },
): Codec<In, Out>;
/**
 * JSON, validated by a schema: what arrives is what the schema makes of it, and what it refuses becomes a `rejected`
 * event whose error holds the issues. An asynchronous schema keeps the order of the messages.
 *
 * With `split`, a frame holds several messages: each is validated and delivered by itself, in order, and what follows the
 * message that ended the connection is not delivered. What `split` throws, and what is no iterable, is `rejected`.
 *
 * What is sent is not validated, and of any type unless `Out` says otherwise.
 *
 * @throws TypeError where `schema` is no Standard Schema, or `split` no function
 *
 * @example
 * observeWebSocket({ url, codec: json({ schema: z.object({ price: z.number() }), split: (frame) => frame.trades }) })
 */
export function json<In, Out = unknown>(options: JsonOptions<In>): Codec<In, Out>;
export function json<In, Out>(options: JsonOptions<In> = {}): Codec<In, Out> {
  expectObject('options', options);
  const { schema, split } = options;
  if (schema !== undefined) expectFunction("schema['~standard'].validate", schema?.['~standard']?.validate);
  if (split !== undefined) expectFunction('split', split);
  if (!schema && !split) return plainJson as Codec<In, Out>;

  const { encode, decode } = plainJson;
  const accept = schema && (judge(schema) as (value: unknown) => In); // or the promise that `decode` may return
  if (!split) return { encode, decode: (data) => accept!(decode(data)) };
  return { encode, decode: (data) => severalJudged(split(decode(data)), accept, 'split(frame)') as In };
}

/** Messages as strings, sent as text frames. Binary frames are read as UTF-8. */
export function text(): Codec<string> {
  return {
    encode(value) {
      if (typeof value !== 'string') throw new TypeError(`text() sends strings only, not ${typeof value}.`);
      return value;
    },
    decode: textOf,
  };
}

/** Messages as bytes, sent as binary frames. What arrives is a view, never a copy; text frames come as their UTF-8. */
export function binary(): Codec<Uint8Array> {
  return {
    encode(value) {
      const bytes = bytesOf(value);
      if (!bytes) throw new TypeError(`binary() sends bytes only, not ${typeof value}.`);
      return bytes;
    },
    decode: (data) => (typeof data === 'string' ? utf8Of(data) : data),
  };
}
