/** How many bytes a string takes as UTF-8 (https://encoding.spec.whatwg.org: a lone surrogate becomes U+FFFD). */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes++;
    if (unit > 0x7ff) bytes++;
    const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (isPair) index++; // three bytes for the first half, and one for the second: four together
  }
  return bytes;
}
