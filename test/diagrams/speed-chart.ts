import { CustomChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Machine } from './speed-results.js';

use([CustomChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** Colours that are visible on white and on black. */
const INK = '#808890';
const FAINT = 'rgba(128, 136, 144, 0.25)';
const COLOURS = { holds: '#2da44e', missed: '#e5534b', undecided: '#db7a1f', none: '#2f81f7' };

const LINE_HEIGHT = 22;
const PREFIX = 'rxwire / ';

/** The range of the logarithmic axis. What lies outside is drawn at its end. */
const [LEAST, MOST] = [0.4, 2.5];
const clamped = (ratio: number) => Math.min(MOST, Math.max(LEAST, ratio));

/** A line for each ratio: a dot, the interval, and a tick where its bar is. */
export function speedChart({ rows }: Machine): string {
  const lines = Object.entries(rows).flatMap(([row, { verdicts }]) =>
    verdicts
      .filter(({ what }) => what.startsWith(PREFIX))
      .map((comparison) => ({ label: `${row}: ${comparison.what.slice(PREFIX.length)}`, ...comparison })),
  );
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 960, height: 90 + lines.length * LINE_HEIGHT });
  const colourOf = (index: number) => COLOURS[lines[index]!.verdict ?? 'none'];
  chart.setOption({
    animation: false,
    textStyle: { color: INK },
    grid: { left: 250, right: 40, top: 20, bottom: 55, outerBoundsMode: 'none' },
    xAxis: {
      type: 'log',
      logBase: 2,
      min: LEAST,
      max: MOST,
      name: 'the cost of rxwire divided by that of the other (left of 1: rxwire is cheaper)',
      nameLocation: 'middle',
      nameGap: 30,
      axisLabel: { color: INK, formatter: (ratio: number) => ratio.toFixed(2) },
      splitLine: { lineStyle: { color: FAINT } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: lines.map(({ label }) => label),
      axisLabel: { color: INK },
      axisTick: { show: false },
    },
    series: [
      {
        type: 'custom',
        data: lines.map(({ low, high, bar }, index) => [clamped(low), clamped(high), index, bar ?? 0]),
        encode: { x: [0, 1], y: 2 },
        renderItem(_params: unknown, api: { value(dimension: number): number; coord(point: number[]): number[] }) {
          const [low, high, index, bar] = [0, 1, 2, 3].map((dimension) => api.value(dimension)) as [
            number,
            number,
            number,
            number,
          ];
          const [from, to] = [api.coord([low, index]), api.coord([high, index])] as [number[], number[]];
          const tick = bar > 0 ? api.coord([clamped(bar), index]) : undefined;
          const line = (points: number[][], stroke: string, lineWidth: number) => ({
            type: 'polyline',
            shape: { points },
            style: { stroke, lineWidth, fill: 'none' },
          });
          const x = tick?.[0] ?? 0;
          const y = from[1]!;
          return {
            type: 'group',
            children: [
              line([from, to], colourOf(index), 3),
              ...(tick
                ? [
                    line(
                      [
                        [x, y - 7],
                        [x, y + 7],
                      ],
                      INK,
                      1.5,
                    ),
                  ]
                : []),
            ],
          };
        },
      },
      {
        type: 'scatter',
        symbolSize: 8,
        data: lines.map(({ value }, index) => ({
          value: [clamped(value), index],
          itemStyle: { color: colourOf(index) },
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: INK, type: 'solid', width: 1 },
          data: [{ xAxis: 1 }],
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
