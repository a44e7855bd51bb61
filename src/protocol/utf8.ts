/* Text as UTF-8 and back. Jest's jsdom and older React Natives have neither TextEncoder nor TextDecoder. */

let decoder: TextDecoder | undefined;

/** The text of bytes, without a byte order mark. @throws TypeError or URIError where they are not UTF-8 */
export function textOfUtf8(bytes: Uint8Array): string {
  if (typeof TextDecoder !== 'undefined') return (decoder ??= new TextDecoder('utf-8', { fatal: true })).decode(bytes);
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`);
  return decodeURIComponent(escaped.join('')).replace(/^\uFEFF/, '');
}

/** The bytes of a text. */
export function utf8Of(text: string): Uint8Array {
  if (typeof TextEncoder !== 'undefined') return new TextEncoder().encode(text);
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')); // which alone cannot be encoded
  return Uint8Array.from(escaped.match(/%..|./g) ?? [], (byte) =>
    byte.length > 1 ? parseInt(byte.slice(1), 16) : byte.charCodeAt(0),
  );
}
