import type { Observable } from 'rxjs';
import type { ScriptStep } from './script.js';
import type { ClientAction } from './server-log.js';

/** The behaviour of a scripted connection. */
export interface Behaviour {
  readonly script: Observable<ScriptStep>;
  /** Whether pings are answered automatically. */
  readonly isPonged: boolean;
  /** The answer to a message. */
  readonly reply: ((message: unknown) => Observable<ScriptStep>) | undefined;
  /** Whether the client's end can pause. */
  readonly canPause: boolean;
  /** Whether the client's end has ping frames. */
  readonly canPing: boolean;
  /** Receives everything that the client does. */
  readonly note: (action: ClientAction) => void;
  /** Receives the messages of the client as they are. */
  readonly noteFrame: (data: string | Uint8Array) => void;
}
