import type { Viz } from '@viz-js/viz';
import type { ConnectionState, StateChange } from '../../src/connection/state.js';

type Status = ConnectionState['status'];

/** What the table of states was asked, and what it answered. */
export interface Move {
  readonly from: Status;
  readonly change: StateChange['type'];
  readonly to: Status;
}

const HUES: Readonly<Record<Status, number>> = {
  idle: 215,
  connecting: 45,
  open: 135,
  closing: 25,
  closed: 10,
  reconnecting: 265,
  failed: 345,
};

const STYLE = `
  svg { --card: #ffffff; --edge: #d8dee4; --soft: #656d76; }
  text { font-family: ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; }
  .card { fill: var(--card); stroke: var(--edge); }
  .graph > polygon { fill: none; }
  .node path { fill: hsl(var(--h) 85% 93%); stroke: hsl(var(--h) 55% 42%); stroke-width: 1.5; }
  .node text { fill: hsl(var(--h) 65% 24%); font-weight: 600; }
  .edge path { stroke: var(--soft); stroke-width: 1.2; }
  .edge polygon { fill: var(--soft); stroke: var(--soft); }
  .edge text { fill: var(--soft); }
  ${Object.entries(HUES)
    .map(([status, hue]) => `.${status} { --h: ${hue}; }`)
    .join(' ')}
  @media (prefers-color-scheme: dark) {
    svg { --card: #0d1117; --edge: #30363d; --soft: #8d96a0; }
    .node path { fill: hsl(var(--h) 45% 20%); stroke: hsl(var(--h) 60% 60%); }
    .node text { fill: hsl(var(--h) 85% 86%); }
  }`;

/** The states and the moves between them as an SVG that is light or dark as its reader's screen is. */
export function statesSvg(viz: Viz, moves: readonly Move[]): string {
  const nodes = (Object.keys(HUES) as Status[]).map((status) => `${status} [class=${status}]`);
  const edges = new Set(moves.map(({ from, change, to }) => `${from} -> ${to} [label="  ${change}  "]`));
  const graph = `digraph {
    pad=0.25; nodesep=0.5; ranksep=0.5
    node [shape=box, style=rounded, fontname=Helvetica, fontsize=13, height=0.42, margin="0.26,0.05"]
    edge [fontname=Helvetica, fontsize=11.5, arrowsize=0.7]
    ${[...nodes, ...edges].join('\n')}
  }`;

  return viz
    .renderString(graph, { format: 'svg' })
    .replace(/^[^]*?(?=<svg)/, '')
    .replace(/<svg[^>]*>/, (svg) =>
      [
        svg.replace('>', ' role="img">'),
        '<title>states of a connection</title>',
        `<style>${STYLE}\n</style>`,
        '<rect class="card" x="0.5" y="0.5" width="calc(100% - 1px)" height="calc(100% - 1px)" rx="12"/>',
      ].join('\n'),
    );
}
