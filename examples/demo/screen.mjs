import process from 'node:process';
import colours from 'picocolors';

// By default, picocolors is on wherever `CI` is set, in files and pipes too.
const paint = colours.createColors(process.stdout.isTTY === true && colours.isColorSupported);

const PAINTS = {
  connecting: paint.cyan,
  open: paint.green,
  batch: paint.blue,
  heartbeat: paint.magenta,
  rejected: paint.red,
  error: paint.red,
  close: paint.yellow,
  reconnecting: paint.cyan,
  summary: paint.green,
  failed: paint.red,
};

export function showTitle(number, title) {
  console.log(`\n${paint.bold(`${number}. ${title}`)}`);
}

export function showLine(label, text) {
  const painted = PAINTS[label]?.(label) ?? label;
  console.log(`   ${painted}${' '.repeat(Math.max(1, 14 - label.length))}${text}`);
}

/** Shows the number of trades, and the last price of each symbol. */
export function showBatch(trades) {
  const prices = new Map(trades.map(({ symbol, price }) => [symbol, price.toFixed(2)]));
  const list = [...prices].sort().map((pair) => pair.join(' '));
  showLine('batch', `${trades.length} trades: ${list.join(', ')}`);
}

export function showPlain(text, colour) {
  console.log(colour ? paint[colour](text) : text);
}
