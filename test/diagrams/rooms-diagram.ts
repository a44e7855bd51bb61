import type { Viz } from '@viz-js/viz';
import { drawnGraph } from './drawn-graph.js';
import { ROLES } from './roles.js';
import { arrowsOf, floorsOf } from './rooms.js';
import type { Rooms } from './rooms.js';

/** From the ground up. */
const HUES = [25, 45, 135, 170, 200, 230, 265];

/** The rooms on their floors, in DOT; every arrow is an import. */
export function roomsGraph(rooms: Rooms): string {
  const floors = floorsOf(rooms);
  const levels = Array.from({ length: Math.max(...floors.values()) }, (_, n) => n + 1);
  const level = (floor: number) => {
    const here = [...rooms.keys()].filter((room) => floors.get(room) === floor);
    const nodes = here.map(
      (room) => `"${room}" [class=floor${floor}, label="${room}\\n${ROLES[room]?.caption ?? ''}"]`,
    );
    return `{ rank=same; level${floor} [class=level, shape=plaintext, label="floor ${floor}"]; ${nodes.join('; ')} }`;
  };
  return `digraph {
    pad=0.25; nodesep=0.3; ranksep=0.5
    node [shape=box, style=rounded, fontname=Helvetica, fontsize=13, margin="0.14,0.07"]
    edge [arrowsize=0.7]
    ${levels.map(level).join('\n')}
    ${levels
      .map((floor) => `level${floor}`)
      .reverse()
      .join(' -> ')} [style=invis]
    ${arrowsOf(rooms)
      .map(({ from, to, what }) => `"${from}" -> "${to}" [class=${what}]`)
      .join('\n')}
  }`;
}

/** The same as an SVG. */
export const roomsSvg = (viz: Viz, rooms: Rooms): string =>
  drawnGraph(viz, roomsGraph(rooms), {
    title: 'who imports whom',
    hues: Object.fromEntries(HUES.map((hue, n) => [`floor${n + 1}`, hue])),
    style: [
      '.node text + text { font-size: 11px; font-weight: 400; }',
      '.node.level text { fill: var(--soft); font-size: 11px; font-weight: 400; }',
      '.types path { stroke-dasharray: 5 3; }',
    ],
  });
