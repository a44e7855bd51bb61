import { Component, signal } from '@angular/core';

const TROUBLE = [
  { name: 'drop', label: 'Drop', text: 'Break every connection, without a Close frame.' },
  { name: 'silence', label: 'Silence', text: 'Keep it open, but send nothing. Only the heartbeat detects this.' },
  { name: 'overload', label: 'Overload', text: 'Send three thousand trades a second, for five seconds.' },
  { name: 'refuse', label: 'Refuse', text: 'Break it, and answer every handshake with 503.' },
  { name: 'recover', label: 'Recover', text: 'Accept connections again.' },
];

/** Buttons that cause faults at the server. */
@Component({
  selector: 'app-trouble-maker',
  template: `
    <h2>Trouble at the server</h2>
    <ul>
      @for (trouble of all; track trouble.name) {
        <li>
          <button type="button" [attr.aria-describedby]="trouble.name" (click)="make(trouble.name)">
            {{ trouble.label }}
          </button>
          <span [id]="trouble.name">{{ trouble.text }}</span>
        </li>
      }
    </ul>
    @if (failed()) {
      <p role="alert">The server did not answer. Is it still running?</p>
    }
  `,
  styles: `
    ul {
      display: grid;
      gap: 0.6rem;
    }
    li {
      display: grid;
      grid-template-columns: 6.5rem 1fr;
      align-items: center;
      gap: 0.75rem;
    }
    span {
      font-size: 0.8125rem;
      line-height: 1.3;
      color: var(--muted);
    }
    [role='alert'] {
      margin-top: 0.6rem;
      color: var(--red);
    }
  `,
  host: { class: 'card' },
})
export class TroubleMaker {
  readonly all = TROUBLE;
  readonly failed = signal(false);

  async make(name: string): Promise<void> {
    const isAccepted = await fetch(`/trouble/${name}`, { method: 'POST' }).then(
      ({ ok }) => ok,
      () => false,
    );
    this.failed.set(!isAccepted);
  }
}
