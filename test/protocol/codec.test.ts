import { runInNewContext } from 'node:vm';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { binary, json, text } from '../../src/protocol/codec.js';
import type { JsonOptions, SchemaResult, StandardSchema } from '../../src/protocol/codec.js';

const bytes = (text: string) => new TextEncoder().encode(text);
/** Never part of UTF-8. */
const notUtf8 = new Uint8Array([0x22, 0xff, 0x22]);
/** The first two of the three bytes of a euro sign. */
const cutOff = new Uint8Array([0xe2, 0x82]);

describe('json', () => {
  it.each([[{ a: [1, null, 'é€😀'] }], [[]], ['text'], [''], [0], [true], [null]])(
    'takes %j there and back',
    (value) => {
      const codec = json();

      const frame = codec.encode(value);

      expect(frame).toBe(JSON.stringify(value));
      expect(codec.decode(frame)).toEqual(value);
      expect(codec.decode(bytes(frame as string))).toEqual(value);
    },
  );

  it('reads binary frames that hold UTF-8 JSON, wherever in a buffer they lie', () => {
    const pool = bytes('xxx{"price":"5 €"}xxx');

    expect(json().decode(pool.subarray(3, pool.length - 3))).toEqual({ price: '5 €' });
  });

  it('reads one frame after another, after a bad one too', () => {
    const codec = json();
    expect(() => codec.decode(cutOff)).toThrow();

    expect(codec.decode(bytes('"€"'))).toBe('€');
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('odd')],
    ['what becomes undefined', { toJSON: () => undefined }],
  ])('does not encode %s, which has no JSON', (_what, value) => {
    expect(() => json().encode(value)).toThrow(TypeError);
    expect(() => json().encode(value)).toThrow(`A value of type ${typeof value} has no JSON.`);
  });

  it('does not encode a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;

    expect(() => json().encode(cycle)).toThrow(TypeError);
  });

  it('does not encode a BigInt', () => {
    expect(() => json().encode({ id: 10n })).toThrow(TypeError);
  });

  it.each([['{'], [''], ['undefined'], ["{'a': 1}"], ['[1,]'], ['NaN']])('does not decode %j', (frame) => {
    expect(() => json().decode(frame)).toThrow(SyntaxError);
    expect(() => json().decode(bytes(frame))).toThrow(SyntaxError);
  });

  it.each([
    ['invalid', notUtf8],
    ['cut off', cutOff],
  ])('does not decode UTF-8 that is %s', (_how, frame) => {
    expect(() => json().decode(frame)).toThrow(TypeError);
  });
});

/** Makes a promise of what it is given. */
type Later = (result: SchemaResult<number>) => Promise<SchemaResult<number>>;

/** A schema that gives these answers in turn. */
function answering<T>(...answers: (SchemaResult<T> | Promise<SchemaResult<T>>)[]): StandardSchema<T> {
  return { '~standard': { validate: () => answers.shift()! } };
}

/** What refusing a frame says. */
function refusalOf(schema: StandardSchema<unknown>, frame: string): unknown {
  try {
    return json({ schema }).decode(frame);
  } catch (error) {
    return error;
  }
}

describe('json with a schema', () => {
  it.each([
    ['zod', z.object({ price: z.number(), at: z.iso.datetime().transform((at) => new Date(at)) })],
    [
      'valibot',
      v.object({
        price: v.number(),
        at: v.pipe(
          v.string(),
          v.transform((at) => new Date(at)),
        ),
      }),
    ],
  ])('of %s decodes to what the schema makes of it', (_library, schema) => {
    const trade = json({ schema }).decode('{"price":5,"at":"2026-01-01T00:00:00Z","more":1}');

    expect(trade).toEqual({ price: 5, at: new Date('2026-01-01T00:00:00Z') });
  });

  it.each([
    ['zod', z.object({ bids: z.array(z.object({ price: z.number() })), id: z.string() })],
    ['valibot', v.object({ bids: v.array(v.object({ price: v.number() })), id: v.string() })],
  ])('of %s refuses with a sentence for every issue, and with the issues', (_library, schema) => {
    const refusal = refusalOf(schema, '{"bids":[{"price":1},{"price":"2"}],"id":5}') as Error & { issues: unknown[] };

    expect(refusal).toBeInstanceOf(TypeError);
    expect(refusal.message).toMatch(/^bids\.1\.price: Invalid .*number.*; id: Invalid .*string/);
    expect(refusal.issues).toHaveLength(2);
  });

  it.each([
    [undefined, 'odd'],
    [[], 'odd'],
    [['a', 0, Symbol('s')], 'a.0.Symbol(s): odd'],
    [[{ key: 'a' }, { key: 1 }], 'a.1: odd'],
  ])('says where: %o', (path, message) => {
    expect(refusalOf(answering({ issues: [{ message: 'odd', path }] }), '1')).toMatchObject({ message });
  });

  it('refuses where there are issues and none of them says anything', () => {
    expect(refusalOf(answering({ issues: [] }), '1')).toBeInstanceOf(TypeError);
  });

  it.each([[undefined], [null], [0], ['']])('lets %j through where the schema does', (value) => {
    expect(json({ schema: answering({ value }) }).decode('1')).toBe(value);
  });

  it('refuses what is no JSON without asking the schema', () => {
    expect(refusalOf(answering(), '{oops')).toBeInstanceOf(SyntaxError);
  });

  it('passes on what the schema throws', () => {
    const schema = {
      '~standard': {
        validate: () => {
          throw new RangeError('mine');
        },
      },
    };

    expect(refusalOf(schema, '1')).toBeInstanceOf(RangeError);
  });

  it('sends without asking it', () => {
    expect(json<unknown>({ schema: answering<unknown>() }).encode({ price: 'odd' })).toBe('{"price":"odd"}');
  });

  it.each([
    ['zod', z.number().refine((price) => Promise.resolve(price > 0), 'not positive')],
    [
      'valibot',
      v.pipeAsync(
        v.number(),
        v.checkAsync((price) => Promise.resolve(price > 0), 'not positive'),
      ),
    ],
  ])('of %s that takes its time decodes to a promise', async (_library, schema) => {
    const codec = json({ schema });

    await expect(codec.decode('5')).resolves.toBe(5);
    await expect(codec.decode('-5')).rejects.toThrow('not positive');
    await expect(codec.decode('"5"')).rejects.toThrow(/number/);
  });

  it.each([
    ['of another realm', runInNewContext('(result) => Promise.resolve(result)') as Later],
    [
      'of a library',
      ((result: SchemaResult<number>) => ({ then: (resolve: Later) => void resolve(result) })) as unknown as Later,
    ],
  ])('awaits a promise %s', async (_origin, later) => {
    const schema = answering<number>(later({ value: 5 }), later({ issues: [] }));
    const codec = json({ schema });

    await expect(codec.decode('0')).resolves.toBe(5);
    await expect(codec.decode('0')).rejects.toThrow(TypeError);
  });

  it('awaits what has a `then` though it is a function', async () => {
    const later = Object.assign(() => undefined, { then: (resolve: Later) => void resolve({ value: 5 }) });

    await expect(json({ schema: answering(later as never) }).decode('0')).resolves.toBe(5);
  });

  it('that took its time once is never quick again, so that nothing overtakes', async () => {
    const schema = answering<number>({ value: 1 }, Promise.resolve({ value: 2 }), { value: 3 }, { issues: [] });
    const codec = json({ schema });

    expect(codec.decode('0')).toBe(1);
    const [slow, quick] = [codec.decode('0'), codec.decode('0')];
    await expect(slow).resolves.toBe(2);
    await expect(quick).resolves.toBe(3);
    await expect(codec.decode('0')).rejects.toThrow(TypeError);
  });

  it.each([[null], [{}], [{ '~standard': {} }], [() => true]])('refuses %o as a schema when it is made', (schema) => {
    const make = () => json({ schema } as unknown as JsonOptions<unknown>);

    expect(make).toThrow(TypeError);
    expect(make).toThrow("Expected `schema['~standard'].validate` to be a function, got undefined.");
  });
});

describe('json with bad options', () => {
  it.each([
    [null, 'options', 'an object'],
    [{ split: 'trades' }, 'split', 'a function'],
  ])('refuses %o by the name of what is bad', (options, name, expectation) => {
    expect(() => json(options as never)).toThrow(`Expected \`${name}\` to be ${expectation}, got `);
  });
});

describe('text', () => {
  it.each(['', 'plain', '{"a":1}', 'é€😀', '\uFEFFmarked'])('takes %j there and back', (value) => {
    expect(text().encode(value)).toBe(value);
    expect(text().decode(value)).toBe(value);
  });

  it.each(['', 'plain', 'é€😀'])('reads a binary frame that holds %j', (value) => {
    expect(text().decode(bytes(value))).toBe(value);
  });

  it('does not decode bytes that are not UTF-8', () => {
    expect(() => text().decode(notUtf8)).toThrow(TypeError);
    expect(() => text().decode(cutOff)).toThrow(TypeError);
  });

  it.each([[5], [undefined], [null], [{}], [new Uint8Array(1)]])('does not encode %j', (value) => {
    expect(() => text().encode(value as never)).toThrow(
      new TypeError(`text() sends strings only, not ${typeof value}.`),
    );
  });
});

describe('binary', () => {
  it('sends bytes as they are', () => {
    const value = new Uint8Array([1, 2, 3]);

    expect(binary().encode(value)).toBe(value);
  });

  it('gives what arrived as a view of the same memory, never a copy', () => {
    const arrived = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);

    const value = binary().decode(arrived);

    expect(value).toEqual(new Uint8Array([1, 2, 3]));
    expect(value.buffer).toBe(arrived.buffer);
    expect(value.byteOffset).toBe(1);
  });

  it('gives a text frame as its UTF-8', () => {
    expect(binary().decode('5 €')).toEqual(bytes('5 €'));
    expect(binary().decode('')).toEqual(new Uint8Array());
  });

  it('sends a Buffer, which is a Uint8Array', () => {
    const value = Buffer.from('abc');

    expect(binary().encode(value)).toBe(value);
  });

  it.each([
    ['a Uint16Array', new Uint16Array([0x0201, 0x0403])],
    ['a DataView of a part', new DataView(Uint8Array.of(0, 1, 2, 3, 4, 5).buffer, 1, 4)],
    ['a Uint8Array of another realm', runInNewContext('Uint8Array.of(1, 2, 3, 4)') as Uint8Array],
  ])('sends the bytes of any view: %s', (_, value) => {
    expect([...(binary().encode(value as never) as Uint8Array)]).toEqual([1, 2, 3, 4]);
  });

  it.each([['text'], [undefined], [null], [[1, 2]], [new ArrayBuffer(2)]])('does not encode %o', (value) => {
    expect(() => binary().encode(value as never)).toThrow(
      new TypeError(`binary() sends bytes only, not ${typeof value}.`),
    );
  });
});
