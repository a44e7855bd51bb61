import { refuse } from './arguments.js';

/** Known by this in every copy of the package. */
const SEVERAL = Symbol.for('rxwire.several');

/** Several messages of one frame: what {@link several} makes, and a codec's `decode` may return. */
export interface Several<In> {
  /** The messages, or what `judge` makes messages of. */
  readonly [SEVERAL]: Iterable<In>;
  /** Makes a message of each, or throws where one is none. @internal */
  readonly judge?: ((item: never) => In | PromiseLike<In>) | undefined;
}

/**
 * Several messages of one frame, for the `decode` of a codec: each is delivered by itself, in order. None is no fault.
 *
 * @throws TypeError for what is no iterable, and for a string
 *
 * @example
 * const codec = { encode: pack, decode: (data) => several(unpackAll(data)) };
 */
export function several<In>(messages: Iterable<In>): Several<In> {
  return severalJudged(messages);
}

/** The same, where each is still to be judged. @internal */
export function severalJudged<In>(
  items: unknown,
  judge?: (item: never) => In | PromiseLike<In>,
  name = 'messages',
): Several<In> {
  const isIterable = typeof (items as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function';
  if (!isIterable || typeof items === 'string') refuse(name, 'an iterable, and no string', items);
  return { [SEVERAL]: items as Iterable<In>, judge };
}

/** The messages that something stands for, where it stands for several. @internal */
export function itemsOf(value: unknown): Iterable<unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<Several<unknown>>)[SEVERAL] : undefined;
}
