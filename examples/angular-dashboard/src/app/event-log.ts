import { DatePipe } from '@angular/common';
import { Component, inject } from '@angular/core';
import { describeEvent } from './describe';
import { Feed } from './feed';

/** The events of the lifecycle, the newest first. */
@Component({
  selector: 'app-event-log',
  imports: [DatePipe],
  template: `
    <h2 id="lifecycle">Lifecycle</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="lifecycle">
      <ol>
        @for (entry of events(); track entry) {
          <li [attr.data-status]="entry.value.type">
            <time>{{ entry.timestamp | date: 'HH:mm:ss' }}</time>
            <strong>{{ entry.value.type }}</strong>
            <span>{{ describe(entry.value) }}</span>
          </li>
        }
      </ol>
    </div>
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      min-height: 0;
    }
    .scroll {
      flex: 1 1 0;
      overflow-y: auto;
    }
    li {
      position: relative;
      display: grid;
      grid-template-columns: 3.9rem 5.9rem 1fr;
      gap: 0.5rem;
      padding: 0.2rem 0 0.2rem 1.3rem;
      font-size: 0.8125rem;
      line-height: 1.4;
      color: var(--muted);
      overflow-wrap: anywhere;
    }
    li::before,
    li::after {
      content: '';
      position: absolute;
      inset-inline-start: 0.3rem;
      width: 2px;
      height: 100%;
      background: var(--line);
    }
    li::after {
      inset-inline-start: 0;
      top: 0.45rem;
      width: calc(0.6rem + 2px);
      height: calc(0.6rem + 2px);
      border: 2px solid var(--card);
      border-radius: 50%;
      background: var(--status);
    }
    strong {
      font-weight: 600;
      color: var(--status);
    }
  `,
  host: { class: 'card' },
})
export class EventLog {
  readonly events = inject(Feed).events;
  readonly describe = describeEvent;
}
