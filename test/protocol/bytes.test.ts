import { describe, expect, it } from 'vitest';
import { byteLength, bytesOf, copyOf } from '../../src/protocol/bytes.js';

describe('byteLength', () => {
  it.each([
    ['', 0],
    ['ascii', 5],
    ['\x7f\x80', 3],
    ['é', 2],
    ['\u07ff\u0800', 5],
    ['€', 3],
    ['😀', 4],
    ['a😀é€', 10],
    ['\ud83d', 3], // half a pair is sent as U+FFFD
    ['\ude00', 3],
    ['\ud83d\ud83d\ude00', 7],
    ['\ude00\ud83d', 6],
    ['\ud83dx', 4],
    ['x\ude00', 4],
    ['\ude00\ude00', 6],
    ['\udc00\udc00', 6],
    ['\ud800\udc00\udbff\udfff', 8], // the first of all pairs, and the last
  ])('of %j is %d, what UTF-8 takes', (text, bytes) => {
    expect(byteLength(text)).toBe(bytes);
    expect(new TextEncoder().encode(text)).toHaveLength(bytes);
  });

  it.each([
    [new Uint8Array(3), 3],
    [new Uint16Array(3), 6],
    [new DataView(new ArrayBuffer(8), 2, 5), 5],
    [new Uint8Array(0), 0],
  ])('of a view is what it shows: %o, %d', (view, bytes) => {
    expect(byteLength(view)).toBe(bytes);
  });
});

describe('bytesOf', () => {
  const { buffer } = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]);

  it.each([
    [new DataView(buffer, 2, 3), [2, 3, 4]],
    [new Uint16Array(buffer, 2, 2), [2, 3, 4, 5]],
    [new Uint8Array(buffer, 7), [7]],
  ])('are those that a view shows, not copied: %o', (data, bytes) => {
    const shown = bytesOf(data)!;

    expect([...shown]).toEqual(bytes);
    expect(shown.buffer).toBe(buffer);
  });

  it.each([[buffer], ['text'], [[1, 2]], [undefined], [null]])('are none of %o', (value) => {
    expect(bytesOf(value)).toBeUndefined();
  });
});

describe('copyOf', () => {
  it('stays as it is whatever becomes of the bytes', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const copies = [copyOf(bytes.subarray(1)), copyOf(new DataView(bytes.buffer, 2))];

    bytes.fill(0);

    expect(copies.map((copy) => [...copy])).toEqual([
      [2, 3, 4],
      [3, 4],
    ]);
  });
});
