import process from 'node:process';
import { inspect } from 'node:util';

const inColour = process.stdout.isTTY && !process.env.NO_COLOR && process.stdout.hasColors();

const COLOURS = {
  connecting: 'cyan',
  open: 'green',
  batch: 'blue',
  heartbeat: 'magenta',
  rejected: 'red',
  error: 'red',
  close: 'yellow',
  reconnecting: 'cyan',
  summary: 'green',
  failed: 'red',
};

function paint(colour, text) {
  const [on, off] = inspect.colors[colour] ?? [0, 0];
  return inColour ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}

export function showTitle(number, title) {
  console.log(`\n${paint('bold', `${number}. ${title}`)}`);
}

export function showLine(word, text) {
  console.log(`   ${paint(COLOURS[word], word)}${' '.repeat(Math.max(1, 14 - word.length))}${text}`);
}

/** How many trades, and the last price of each symbol. */
export function showBatch(trades) {
  const prices = new Map(trades.map(({ symbol, price }) => [symbol, price.toFixed(2)]));
  const list = [...prices].sort().map((pair) => pair.join(' '));
  showLine('batch', `${trades.length} trades: ${list.join(', ')}`);
}

export function showPlain(text, colour) {
  console.log(paint(colour, text));
}
