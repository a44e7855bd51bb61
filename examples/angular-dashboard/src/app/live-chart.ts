import { afterNextRender, afterRenderEffect, Component, DestroyRef, ElementRef, inject, input } from '@angular/core';
import uPlot from 'uplot';
import { WINDOW } from './feed';

/** A line chart of the last minute, in the CSS `color`. `null` is a gap. */
@Component({
  selector: 'app-live-chart',
  template: '',
  styles: `
    :host {
      display: block;
      overflow: hidden;
      height: var(--chart-height);
    }
  `,
  host: { role: 'img', '[attr.aria-label]': 'label()' },
})
export class LiveChart {
  readonly label = input.required<string>();
  /** Milliseconds. */
  readonly times = input.required<readonly number[]>();
  readonly values = input.required<readonly (number | null)[]>();
  /** The minimum upper end of the axis. */
  readonly top = input.required<number>();

  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #chart?: uPlot;

  constructor() {
    const resizing = new ResizeObserver(() => this.#chart?.setSize(this.#size()));
    afterNextRender(() => {
      this.#chart = new uPlot(this.#options(), [[], []], this.#host);
      resizing.observe(this.#host);
    });
    afterRenderEffect(() => {
      const seconds = this.times().map((ms) => ms / 1000);
      this.#chart?.setData([seconds, [...this.values()]]);
    });
    inject(DestroyRef).onDestroy(() => {
      resizing.disconnect();
      this.#chart?.destroy();
    });
  }

  #size() {
    return { width: this.#host.clientWidth, height: this.#host.clientHeight };
  }

  /** Colours are read at each drawing, so they follow a change between light and dark. */
  #options(): uPlot.Options {
    const style = getComputedStyle(this.#host);
    const line = () => style.color;
    const faint = () => style.color.replace(')', ', 0.12)');
    const muted = () => style.getPropertyValue('--chart-text');
    const grid = { stroke: () => style.getPropertyValue('--chart-grid'), width: 1 };
    const font = `12px ${style.fontFamily}`;
    const axis = { stroke: muted, grid, ticks: { show: false }, font };
    return {
      ...this.#size(),
      padding: [8, 26, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: (_chart, _min, max) => [(max || 0) - WINDOW / 1000, max || 0] },
        y: { range: (_chart, _min, max) => [0, Math.max(this.top(), (max || 0) * 1.1)] },
      },
      axes: [
        { ...axis, size: 24, gap: 4, space: 80, values: '{HH}:{mm}:{ss}' },
        { ...axis, size: 52, gap: 6, space: 34 },
      ],
      series: [{}, { stroke: line, fill: faint, width: 2, points: { show: false } }],
    };
  }
}
