import { Component, computed, inject } from '@angular/core';
import { Feed, WINDOW } from './feed';

/** The states of the last minute, on the time axis of the charts. */
@Component({
  selector: 'app-state-band',
  template: `
    @for (segment of segments(); track segment.since) {
      <span
        [attr.data-status]="segment.status"
        [style.inset-inline-start.%]="segment.start"
        [style.width.%]="segment.width"
        [title]="segment.status"
      ></span>
    }
  `,
  styles: `
    :host {
      display: block;
      position: relative;
      height: 0.9rem;
      overflow: hidden;
      border-radius: 0.25rem;
      background: var(--line);
    }
    span {
      position: absolute;
      height: 100%;
      min-width: 2px;
      background: var(--status);
    }
  `,
  host: { role: 'img', '[attr.aria-label]': 'label()' },
})
export class StateBand {
  readonly #feed = inject(Feed);

  readonly segments = computed(() => {
    const now = this.#feed.samples()[0]?.timestamp ?? 0;
    const start = now - WINDOW;
    return this.#feed
      .states()
      .map(({ timestamp: since, value: { status } }, index, states) => {
        const from = Math.max(since, start);
        const to = Math.min(states[index - 1]?.timestamp ?? now, now);
        return { since, status, start: ((from - start) / WINDOW) * 100, width: ((to - from) / WINDOW) * 100 };
      })
      .filter(({ width }) => width > 0);
  });

  readonly label = computed(() => {
    const open = this.segments().filter(({ status }) => status === 'open');
    const share = open.reduce((sum, { width }) => sum + width, 0);
    return `State of the connection over the last minute: open for ${Math.round((share * WINDOW) / 100_000)} seconds`;
  });
}
