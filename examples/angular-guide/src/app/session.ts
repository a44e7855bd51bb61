import { computed, Injectable, signal } from '@angular/core';

interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

interface Login extends Tokens {
  readonly name: string;
}

/** Who is logged in. */
@Injectable({ providedIn: 'root' })
export class Session {
  readonly #login = signal<Login | undefined>(undefined);

  /** Their name. What is kept of a user ends when it changes. */
  readonly user = computed(() => this.#login()?.name);
  readonly isLoggedIn = computed(() => this.user() !== undefined);

  /** For the URL: an access token lives for a minute. */
  get token(): string {
    return this.#login()?.access ?? '';
  }

  async logIn(name: string, password: string): Promise<void> {
    this.logOut(); // the browser's button leads back to the login page
    const tokens = await post('/api/login', { name, password });
    this.#login.set({ name, ...tokens });
  }

  /** Gets a new access token. Where the refresh token has expired too, the user has to log in again. */
  async refresh(): Promise<void> {
    const login = this.#login();
    try {
      const tokens = await post('/api/refresh', { refresh: login?.refresh });
      // Not where they have logged out meanwhile: somebody else may be logged in.
      if (login && login === this.#login()) this.#login.set({ ...login, ...tokens });
    } catch (error) {
      if ((error as { status?: number }).status === 401 && login === this.#login()) this.logOut();
      throw error;
    }
  }

  logOut(): void {
    this.#login.set(undefined);
  }
}

async function post(url: string, body: object): Promise<Tokens> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok)
    throw Object.assign(new Error(`The server answered ${response.status}.`), { status: response.status });
  return (await response.json()) as Tokens;
}
