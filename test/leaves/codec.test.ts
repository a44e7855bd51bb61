import { describe, expect, it } from 'vitest';
import { binary, json, text } from '../../src/codec.js';

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
    expect(() => text().encode(value as never)).toThrow(TypeError);
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

  it.each([['text'], [undefined], [null], [[1, 2]], [new ArrayBuffer(2)], [new Uint16Array(2)]])(
    'does not encode %o',
    (value) => {
      expect(() => binary().encode(value as never)).toThrow(TypeError);
    },
  );
});
