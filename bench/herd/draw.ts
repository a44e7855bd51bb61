import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkAreaComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Scene } from './scenes.js';
import type { Outcome } from './simulate.js';

use([LineChart, GridComponent, LegendComponent, MarkAreaComponent, SVGRenderer]);

/** Colours that are visible on white and on black. */
const INK = '#808890';
const FAINT = 'rgba(128, 136, 144, 0.25)';
const COLOURS = [
  '#2f81f7',
  '#1fb5c9',
  '#2da44e',
  '#a3a01c',
  '#e5534b',
  '#db7a1f',
  '#b08860',
  '#d158a8',
  '#8c6fe8',
  '#6e7f80',
];

/** The minimum of the logarithmic axis, which cannot show 0. */
const LEAST = 1;

/** The time after the outage that is drawn, in seconds. */
const SHOWN = 240;

/** Draws an SVG: attempts per second, and below them the share of reconnected clients. */
export function draw(outcomes: ReadonlyMap<string, Outcome>, { clients, outage }: Scene): string {
  const home = outage / 1000;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 960, height: 680 });
  chart.setOption({
    animation: false,
    color: COLOURS,
    textStyle: { color: INK },
    // The gap is for text, which is measured without the reader's fonts and is too short.
    legend: {
      bottom: 0,
      left: 90,
      right: 30,
      itemGap: 42,
      itemWidth: 14,
      icon: 'roundRect',
      textStyle: { color: INK },
    },
    grid: [
      { left: 95, right: 30, top: 20, height: 290, outerBoundsMode: 'none' },
      { left: 95, right: 30, top: 345, height: 200, outerBoundsMode: 'none' },
    ],
    xAxis: [
      { ...axis(''), gridIndex: 0, max: home + SHOWN },
      { ...axis('seconds since all connections broke'), gridIndex: 1, max: home + SHOWN },
    ],
    yAxis: [
      { ...axis('attempts a second'), gridIndex: 0, type: 'log', min: LEAST },
      { ...axis('% back'), gridIndex: 1, max: 100 },
    ],
    series: Array.from(outcomes).flatMap(([name, { arrivals, opens }], index) => {
      const line = {
        name,
        type: 'line',
        showSymbol: false,
        z: 100 - index,
        lineStyle: { width: index === 0 ? 3 : 1.3 },
      };
      const away = index === 0 && {
        markArea: { itemStyle: { color: FAINT }, data: [[{ xAxis: 0 }, { xAxis: home }]] },
      };
      let back = 0;
      const shares = opens.map((count) => (100 * (back += count)) / clients);
      return [
        {
          ...line,
          ...away,
          data: points(
            arrivals.map((count) => Math.max(count, LEAST)),
            home,
          ),
        },
        { ...line, ...away, data: points(shares, home), xAxisIndex: 1, yAxisIndex: 1 },
      ];
    }),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

const axis = (name: string) => ({
  type: 'value',
  name,
  nameLocation: 'middle',
  nameGap: name.startsWith('seconds') ? 28 : 48,
  axisLabel: { color: INK },
  splitLine: { lineStyle: { color: FAINT } },
});

const points = (values: readonly number[], home: number) =>
  values.slice(0, home + SHOWN).map((value, second) => [second, value]);
