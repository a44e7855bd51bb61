import type { Viz } from '@viz-js/viz';

export interface Look {
  readonly title: string;
  /** The colour of each class of nodes. */
  readonly hues: Readonly<Record<string, number>>;
  /** CSS for what only this graph has. */
  readonly style?: readonly string[];
}

const styleOf = ({ hues, style = [] }: Look) => `
  svg { --card: #ffffff; --edge: #d8dee4; --soft: #656d76; }
  text { font-family: ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; }
  .card { fill: var(--card); stroke: var(--edge); }
  .graph > polygon { fill: none; }
  .node path { fill: hsl(var(--h) 85% 93%); stroke: hsl(var(--h) 55% 42%); stroke-width: 1.5; }
  .node text { fill: hsl(var(--h) 65% 24%); font-weight: 600; }
  .edge path { stroke: var(--soft); stroke-width: 1.2; }
  .edge polygon { fill: var(--soft); stroke: var(--soft); }
  .edge text { fill: var(--soft); }
  ${[
    Object.entries(hues)
      .map(([name, hue]) => `.${name} { --h: ${hue}; }`)
      .join(' '),
    ...style,
  ].join('\n  ')}
  @media (prefers-color-scheme: dark) {
    svg { --card: #0d1117; --edge: #30363d; --soft: #8d96a0; }
    .node path { fill: hsl(var(--h) 45% 20%); stroke: hsl(var(--h) 60% 60%); }
    .node text { fill: hsl(var(--h) 85% 86%); }
  }`;

/** A graph in DOT as an SVG that is light or dark as its reader's screen is. */
export const drawnGraph = (viz: Viz, graph: string, look: Look): string =>
  viz
    .renderString(graph, { format: 'svg' })
    .replace(/^[^]*?(?=<svg)/, '')
    .replace(/<svg[^>]*>/, (svg) =>
      [
        svg.replace('>', ' role="img">'),
        `<title>${look.title}</title>`,
        `<style>${styleOf(look)}\n</style>`,
        '<rect class="card" x="0.5" y="0.5" width="calc(100% - 1px)" height="calc(100% - 1px)" rx="12"/>',
      ].join('\n'),
    );
