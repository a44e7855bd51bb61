import { Component, effect, inject } from '@angular/core';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { OfflineBanner } from './offline-banner';
import { Session } from './session';

@Component({
  selector: 'app-root',
  imports: [OfflineBanner, RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    @if (session.isLoggedIn()) {
      <nav>
        <a routerLink="/prices" routerLinkActive="active">Prices</a>
        <a routerLink="/chat" routerLinkActive="active">Chat</a>
        <button type="button" (click)="session.logOut()">Log out</button>
      </nav>
      <app-offline-banner />
    }
    <main>
      <router-outlet />
    </main>
  `,
})
export class App {
  readonly session = inject(Session);
  readonly #router = inject(Router);

  constructor() {
    effect(() => {
      if (!this.session.isLoggedIn()) void this.#router.navigate(['/login']);
    });
  }
}
