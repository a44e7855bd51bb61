import type { Viz } from '@viz-js/viz';
import type { ConnectionState, StateChange } from '../../src/connection/state.js';
import { drawnGraph } from './drawn-graph.js';

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

  return drawnGraph(viz, graph, { title: 'states of a connection', hues: HUES });
}
