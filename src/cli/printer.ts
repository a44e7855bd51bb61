import type { Pausable } from '../index.node.js';
import type { Console } from './console.js';

/** Prints lines, and pauses the connection while no more can be printed. */
export function printer(console: Console, feed: Pausable): (line: string) => void {
  let isFull = false;
  return (line) => {
    if (console.print(line) || isFull) return;
    isFull = true;
    const resume = feed.pause();
    console.whenWritable(() => {
      isFull = false;
      resume();
    });
  };
}
