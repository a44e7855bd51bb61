import type { Readable } from 'node:stream';

/**
 * The lines of a stream, without their line breaks; a last line without one too. A line may have any length: each part of
 * it is looked at once. Not readline, which also breaks lines at U+2028 and U+2029, which are allowed in JSON.
 */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  let parts: string[] = [];
  for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
    let start = 0;
    for (let end; (end = chunk.indexOf('\n', start)) >= 0; start = end + 1) {
      parts.push(chunk.slice(start, end));
      yield withoutReturn(parts.join(''));
      parts = [];
    }
    if (start < chunk.length) parts.push(chunk.slice(start));
  }
  if (parts.length > 0) yield parts.join('');
}

/** A line break may be CR LF, in two chunks too. */
const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);
