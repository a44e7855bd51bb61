import { Component, computed, inject } from '@angular/core';
import { Feed } from './feed';

@Component({
  selector: 'app-offline-banner',
  template: `
    @if (trouble(); as trouble) {
      <div class="banner">
        <span role="status">{{ trouble }}</span>
        @if (seconds(); as seconds) {
          <span role="timer">Next attempt in {{ seconds }} s.</span>
        }
        <button type="button" (click)="socket.reconnect()">Connect now</button>
      </div>
    }
  `,
})
export class OfflineBanner {
  readonly socket = inject(Feed).socket;

  /** Until the next attempt; 0 while none waits. */
  readonly seconds = computed(() => Math.ceil((this.socket.countdown() ?? 0) / 1000));

  readonly trouble = computed(() => {
    const state = this.socket.state();
    switch (state.status) {
      case 'failed':
        return `Cannot connect: ${state.error.message}`;
      case 'reconnecting':
        return 'You are offline.';
      case 'connecting':
        return state.attempt > 1 ? 'Connecting …' : undefined;
      default:
        return undefined;
    }
  });
}
