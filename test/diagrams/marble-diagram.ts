/** What happened at one moment of a stream. */
export type Mark =
  | { readonly at: number; readonly kind: 'value'; readonly text: string; readonly hue?: number | undefined }
  | { readonly at: number; readonly kind: 'error'; readonly text: string }
  | { readonly at: number; readonly kind: 'complete' };

/** One subscription: it begins where it was made, and ends where it ended or was left. */
export interface Span {
  readonly from: number;
  /** `undefined`: goes on after the diagram. */
  readonly to: number | undefined;
  readonly marks: readonly Mark[];
}

/** A line of time. A span without marks tells of a state and not of a stream, and is drawn as a band. */
export interface StreamRow {
  readonly label: string;
  readonly spans: readonly Span[];
}

/** A line that is one box: the operator between what it is given and what it makes. */
export interface OperatorRow {
  readonly operator: string;
}

/** What is drawn, from top to bottom; times in milliseconds. */
export interface MarbleDiagram {
  readonly title: string;
  readonly duration: number;
  readonly rows: readonly (StreamRow | OperatorRow)[];
  /** What the letters stand for. */
  readonly legend?: readonly (readonly [text: string, meaning: string, hue?: number])[];
}

const WIDTH = 760;
const LEFT = 132;
const RIGHT = WIDTH - 40;
const ROW = 50;
const RADIUS = 13;

const STYLE = `
  svg { --card: #ffffff; --edge: #d8dee4; --ink: #1f2328; --soft: #656d76; --bad: #cf222e; --box: #f3f5f8; }
  text { font: 13px ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: var(--ink); }
  .card { fill: var(--card); stroke: var(--edge); }
  .line, .end { stroke: var(--soft); stroke-width: 1.5; fill: none; }
  .end { stroke: var(--ink); stroke-width: 2; }
  .band { stroke: var(--soft); stroke-width: 8; opacity: 0.45; }
  .label { text-anchor: end; fill: var(--soft); }
  .box { fill: var(--box); stroke: var(--edge); }
  .code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; text-anchor: middle; }
  .marble { fill: hsl(var(--h) 85% 91%); stroke: hsl(var(--h) 55% 42%); stroke-width: 1.5; }
  .in { text-anchor: middle; font-weight: 600; fill: hsl(var(--h) 65% 24%); }
  .bad { stroke: var(--bad); stroke-width: 2.5; stroke-linecap: round; }
  .why { font-size: 11px; text-anchor: middle; fill: var(--bad); }
  .meaning { font-size: 12px; fill: var(--soft); }
  @media (prefers-color-scheme: dark) {
    svg { --card: #0d1117; --edge: #30363d; --ink: #e6edf3; --soft: #8d96a0; --bad: #ff7b72; --box: #161b22; }
    .marble { fill: hsl(var(--h) 45% 22%); stroke: hsl(var(--h) 60% 60%); }
    .in { fill: hsl(var(--h) 85% 86%); }
  }`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const isOperator = (row: StreamRow | OperatorRow): row is OperatorRow => 'operator' in row;

/** Letters of values have a colour each; those that stand for events bring their own. */
const hueOf = (text: string) => ((text.codePointAt(0)! - 97) * 67 + 210) % 360;

/** Half of what a mark takes of its line. */
const reach = (mark: Mark) =>
  mark.kind === 'value' ? Math.max(RADIUS, 4 * mark.text.length + 8) : mark.kind === 'error' ? 9 : 4;

function marble(text: string, x: number, y: number, hue = hueOf(text)): string {
  const half = reach({ at: 0, kind: 'value', text });
  return (
    `<g style="--h:${hue}"><rect class="marble" x="${x - half}" y="${y - RADIUS}" width="${2 * half}" height="${2 * RADIUS}" rx="${RADIUS}"/>` +
    `<text class="in" x="${x}" y="${y + 4.5}">${escaped(text)}</text></g>`
  );
}

function drawn(mark: Mark, x: number, y: number): string {
  switch (mark.kind) {
    case 'value':
      return marble(mark.text, x, y, mark.hue);
    case 'error':
      return (
        `<path class="bad" d="M${x - 7} ${y - 7}L${x + 7} ${y + 7}M${x - 7} ${y + 7}L${x + 7} ${y - 7}"/>` +
        `<text class="why" x="${Math.min(x, RIGHT - 30)}" y="${y + 24}">${escaped(mark.text)}</text>`
      );
    case 'complete':
      return `<path class="end" d="M${x} ${y - 14}V${y + 14}"/>`;
  }
}

/** Where marks stand: at their time, and those of one moment side by side. */
function* placed(marks: readonly Mark[], xOf: (at: number) => number): Generator<readonly [Mark, number]> {
  let taken = LEFT - RADIUS; // a wide one does not stand on the label
  for (const mark of marks) {
    const x = Math.max(xOf(mark.at), taken + reach(mark));
    taken = x + reach(mark) + 2;
    yield [mark, Math.round(x * 10) / 10];
  }
}

/** Lines first, so that none is drawn over the marks of what was before it. */
function drawnSpans(spans: readonly Span[], y: number, xOf: (at: number) => number): string[] {
  const places = spans.map(({ marks }) => [...placed(marks, xOf)]);
  const lines = spans.map(({ from, to, marks }, n) => {
    if (to === undefined) return `<path class="line" d="M${xOf(from)} ${y}H${RIGHT + 14}m-7 -5l7 5l-7 5"/>`;
    const end = Math.max(xOf(to), places[n]!.at(-1)?.[1] ?? 0);
    return `<path class="${marks.length === 0 ? 'band' : 'line'}" d="M${xOf(from)} ${y}H${end}"/>`;
  });
  return [...lines, ...places.flat().map(([mark, x]) => drawn(mark, x, y))];
}

function legendOf(legend: NonNullable<MarbleDiagram['legend']>, y: number): string[] {
  let x = LEFT - 10;
  return legend.map(([text, meaning, hue]) => {
    const half = reach({ at: 0, kind: 'value', text });
    const entry = `${marble(text, x + half, y, hue)}<text class="meaning" x="${x + 2 * half + 6}" y="${y + 4}">${escaped(meaning)}</text>`;
    x += 2 * half + 26 + meaning.length * 6.2;
    return entry;
  });
}

/** The diagram as an SVG that is light or dark as its reader's screen is. */
export function marbleSvg({ title, duration, rows, legend = [] }: MarbleDiagram): string {
  const xOf = (at: number) => Math.round((LEFT + ((RIGHT - LEFT) * at) / duration) * 10) / 10;
  const height = rows.length * ROW + (legend.length > 0 ? 62 : 20);
  const body = rows.flatMap((row, n) => {
    const y = 10 + n * ROW + ROW / 2;
    if (!isOperator(row)) {
      const label = `<text class="label" x="${LEFT - 24}" y="${y + 4.5}">${escaped(row.label)}</text>`;
      return [label, ...drawnSpans(row.spans, y, xOf)];
    }
    return [
      `<rect class="box" x="16" y="${y - 18}" width="${WIDTH - 32}" height="36" rx="8"/>`,
      `<text class="code" x="${WIDTH / 2}" y="${y + 4.5}">${escaped(row.operator)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="12"/>`,
    ...body,
    ...legendOf(legend, height - 28),
    '</svg>\n',
  ].join('\n');
}
