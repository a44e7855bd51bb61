import { Component, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { Session } from './session';

@Component({
  selector: 'app-login',
  template: `
    <form (submit)="logIn(name.value, password.value); $event.preventDefault()">
      <h1>Log in</h1>
      <label>Name <input #name autocomplete="username" required /></label>
      <label>Password <input #password type="password" autocomplete="current-password" required /></label>
      <button>Log in</button>
      @if (error()) {
        <p role="alert">{{ error() }}</p>
      }
    </form>
  `,
})
export class Login {
  readonly #session = inject(Session);
  readonly #router = inject(Router);
  readonly error = signal('');

  async logIn(name: string, password: string): Promise<void> {
    try {
      await this.#session.logIn(name, password);
      await this.#router.navigate(['/prices']);
    } catch (error) {
      const isWrong = (error as { status?: number }).status === 401;
      this.error.set(isWrong ? 'The name or the password is wrong.' : 'The server does not answer. Try again.');
    }
  }
}
