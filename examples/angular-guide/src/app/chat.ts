import { Component, inject } from '@angular/core';
import { Feed } from './feed';

@Component({
  selector: 'app-chat',
  template: `
    <h1>Chat</h1>
    <ol>
      @for (said of feed.said(); track said.number) {
        <li>
          <strong>{{ said.name }}</strong> {{ said.text }}
        </li>
      }
      @for (message of feed.pending(); track message.key) {
        <li class="pending">
          {{ message.text }}
          @if (message.error) {
            <button type="button" (click)="feed.say(message.text, message.key)">Send again</button>
          } @else {
            <small>sending …</small>
          }
        </li>
      }
    </ol>
    <form (submit)="say(text); $event.preventDefault()">
      <input #text aria-label="Message" autocomplete="off" required />
      <button>Send</button>
    </form>
  `,
})
export class Chat {
  readonly feed = inject(Feed);

  say(input: HTMLInputElement): void {
    this.feed.say(input.value);
    input.value = '';
  }
}
