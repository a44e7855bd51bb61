import { identity, map, take, tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { bufferCountOrTime } from '../index.node.js';
import { escapeControls, escapeControlsInJson, escapeLineBreaks } from './escape-controls.js';
import type { Settings } from './settings.js';

/**
 * The lines that are printed of messages: one for each, or one for each batch. Completes after `count` messages.
 *
 * @param onTerminal whether control characters are made visible
 * @param onBatch is called for each batch
 */
export function printedLines(
  messages: Observable<string>,
  { form: { text }, batch, count }: Pick<Settings, 'form' | 'batch' | 'count'>,
  onTerminal: boolean,
  onBatch: () => void,
): Observable<string> {
  const counted = count === undefined ? messages : messages.pipe(take(count));
  const line = !onTerminal ? (text ? escapeLineBreaks : identity) : text ? shownText : escapeControlsInJson;
  if (!batch) return counted.pipe(map(line));
  return counted.pipe(
    bufferCountOrTime(batch.count, batch.every),
    tap(onBatch),
    map((items) => (text ? JSON.stringify(items) : `[${items.join(',')}]`)),
    map(onTerminal ? escapeControlsInJson : identity),
  );
}

const shownText = (text: string) => escapeControls(escapeLineBreaks(text));
