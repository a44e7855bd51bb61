import { DecimalPipe } from '@angular/common';
import { Component, computed, inject } from '@angular/core';
import { describeState } from './describe';
import { Feed } from './feed';

/** The state of the connection, and the time until the next attempt. */
@Component({
  selector: 'app-connection-card',
  imports: [DecimalPipe],
  template: `
    <h2>Connection</h2>
    <div role="status">
      <p class="status" [attr.data-status]="state().status">{{ state().status }}</p>
      <p class="sentence">{{ sentence() }}</p>
    </div>
    <div class="countdown">
      @if (wait(); as wait) {
        <p role="timer">
          Retry {{ wait.retry }} in <strong>{{ wait.left / 1000 | number: '1.1-1' }} s</strong>
        </p>
        <progress [value]="wait.left" [max]="wait.delay" aria-label="Time until the next attempt"></progress>
      } @else if (feed.latestTrade(); as trade) {
        <p>
          Last trade: {{ trade.symbol }} <strong>{{ trade.price | number: '1.2-2' }}</strong>
        </p>
      }
    </div>
  `,
  styles: `
    .status {
      display: flex;
      align-items: center;
      gap: 0.6rem;
      font-size: 1.75rem;
      font-weight: 650;
      letter-spacing: -0.02em;
      color: var(--status);
    }
    .status::before {
      content: '';
      width: 0.8rem;
      height: 0.8rem;
      border-radius: 50%;
      background: currentColor;
    }
    .sentence {
      min-height: 2lh;
      font-size: 0.875rem;
      overflow-wrap: anywhere;
      color: var(--muted);
    }
    .countdown {
      min-height: 2.75rem;
    }
    progress {
      appearance: none;
      display: block;
      width: 100%;
      height: 0.4rem;
      margin-top: 0.4rem;
      border: 0;
      border-radius: 1rem;
      background: var(--line);
    }
    progress::-webkit-progress-bar {
      border-radius: 1rem;
      background: var(--line);
    }
    progress::-webkit-progress-value {
      border-radius: 1rem;
      background: var(--amber);
    }
    progress::-moz-progress-bar {
      border-radius: 1rem;
      background: var(--amber);
    }
  `,
  host: { class: 'card' },
})
export class ConnectionCard {
  readonly feed = inject(Feed);
  readonly state = this.feed.state;
  readonly sentence = computed(() => describeState(this.state()));

  readonly wait = computed(() => {
    const state = this.state();
    const left = this.feed.countdown();
    return state.status === 'reconnecting' && left !== undefined ? { ...state, left } : undefined;
  });
}
