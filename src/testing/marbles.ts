/** A gap up to this long is drawn as dashes. */
const DASHES = 8;

/**
 * Draws marbles, as they are written for `TestScheduler.run`: what happens in one frame is a group, and a long gap a
 * duration.
 *
 * @param happenings what happens and when, in order
 */
export function drawMarbles(happenings: readonly { readonly frame: number; readonly letter: string }[]): string {
  let marbles = '';
  let now = 0;
  for (let index = 0; index < happenings.length;) {
    const { frame } = happenings[index]!;
    const letters: string[] = [];
    while (happenings[index]?.frame === frame) letters.push(happenings[index++]!.letter);
    const isGroup = letters.length > 1;
    const drawn = letters.join('');
    marbles += gapOf(frame - now) + (isGroup ? `(${drawn})` : drawn);
    now = frame + (isGroup ? letters.length + 2 : 1);
  }
  return marbles.trim();
}

/** A group takes a frame for each of its characters, so that what follows it at once cannot be drawn to scale. */
function gapOf(frames: number): string {
  if (frames < 0) return ` (${-frames}ms earlier) `;
  return frames <= DASHES ? '-'.repeat(frames) : ` ${frames}ms `;
}
