import { Subscription } from 'rxjs';
import { copyOf } from '../protocol/bytes.js';
import { HandshakeError } from '../protocol/errors.js';
import { redactUrl, refusedWith } from '../protocol/handshake.js';
import { isError } from '../protocol/is-error.js';
import type { TransportRequest, TransportSink, TransportSocket } from '../transport/transport.js';
import { Arrivals } from './arrivals.js';
import type { Behaviour } from './behaviour.js';
import { stepFor } from './script.js';
import type { Acceptance, ScriptedConnection } from './script.js';
import { parsed } from './server-log.js';
import type { ClientAction } from './server-log.js';

/** The server's end of one scripted connection. `socket` is the client's end. */
export class ScriptedPeer implements ScriptedConnection {
  readonly socket: TransportSocket;
  readonly #request: TransportRequest;
  readonly #sink: TransportSink;
  readonly #behaviour: Behaviour;
  /** The script, as long as the connection lasts, and with it the answers. */
  readonly #playing = new Subscription();
  readonly #answers = new Subscription();
  #phase: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  #isSilent = false;
  /** Whether the connection ended without a closing handshake, and messages of the client may be lost. */
  #isBroken = false;
  /** What is on the way to the client. */
  readonly #arrivals = new Arrivals(() => this.#phase === 'closed');

  constructor(request: TransportRequest, sink: TransportSink, behaviour: Behaviour) {
    this.#request = request;
    this.#sink = sink;
    this.#behaviour = behaviour;
    this.socket = this.#socket();
    this.#playing.add(this.#answers);
    this.#playing.add(
      behaviour.script.subscribe({
        next: (step) => stepFor(step, 'step').act(this), // who plays by hand may give a value
        error: (error: unknown) => this.#breakWith(error),
        complete: () => this.close(1000, ''),
      }),
    );
    // The client has its socket only when this has returned.
    if (!this.#arrivals.isEmpty) this.#playing.add(request.scheduler.schedule(() => this.#arrivals.start()));
    else this.#arrivals.start();
  }

  // What the server does

  open({ protocol = this.#request.protocols[0] ?? '', extensions = '', headers = {} }: Acceptance): void {
    this.#arrivals.add(() => {
      if (this.#phase !== 'connecting') throw new Error('A script opens its connection twice.');
      this.#phase = 'open';
      this.#sink.onOpen(protocol, extensions, headers);
    });
  }

  message(data: string | Uint8Array): void {
    this.#arrivals.add(() => {
      this.#expectOpen();
      this.#sink.onMessage(data, data.length);
    });
  }

  ping(payload: string): void {
    this.#arrivals.add(() => {
      this.#expectOpen();
      if (this.#phase === 'open') this.#behaviour.note({ type: 'pong', payload });
      this.#sink.onPing(payload);
    });
  }

  pong(payload: string): void {
    this.#arrivals.add(() => {
      this.#expectOpen();
      this.#sink.onPong(payload);
    });
  }

  refuse(status: number, headers: Readonly<Record<string, string>>): void {
    this.#arrivals.add(() => {
      this.#sink.onError(refusedWith(status, headers, this.#request.scheduler.now()));
      this.#end(1006, '', false);
    });
  }

  close(code: number, reason: string): void {
    this.#arrivals.add(() => (this.#phase === 'connecting' ? this.#break() : this.#end(code, reason, true)));
  }

  drop(error?: Error): void {
    this.#isBroken = true;
    this.#arrivals.add(() => this.#break(error));
  }

  silence(): void {
    this.#isSilent = true;
    this.#answers.unsubscribe();
  }

  // What the client does

  #socket(): TransportSocket {
    const { canPause, canPing } = this.#behaviour;
    const readyState = () => ({ connecting: 0, open: 1, closing: 2, closed: 3 })[this.#phase];
    return {
      get readyState() {
        return readyState();
      },
      bufferedAmount: 0,
      send: (data) => this.#receive(typeof data === 'string' ? data : copyOf(data)), // its bytes may be used again
      ...(canPing && { ping: (payload = '') => this.#pinged(payload) }),
      ...(canPause && { pause: () => this.#pause(true), resume: () => this.#pause(false) }),
      close: (code: number, reason: string) => {
        this.#note({ type: 'close', code, reason });
        if (this.#phase === 'open' && this.#isSilent) this.#phase = 'closing';
        else this.#end(code, reason, true);
      },
      terminate: () => {
        this.#note({ type: 'terminate' });
        this.#isBroken = true;
        this.#stop();
      },
    };
  }

  #pinged(payload: string): void {
    this.#note({ type: 'ping', payload });
    if (this.#behaviour.isPonged && !this.#isSilent) this.pong(payload);
  }

  #pause(isPaused: boolean): void {
    this.#note({ type: isPaused ? 'pause' : 'resume' });
    this.#arrivals.isPaused = isPaused;
    this.#arrivals.read();
  }

  /** The answer comes in a turn of its own, as the client may still be sending. */
  #receive(data: string | Uint8Array): void {
    const message = parsed(data);
    this.#note({ type: 'message', message });
    if (this.#phase !== 'closed') this.#behaviour.noteFrame(data);
    const { reply } = this.#behaviour;
    if (!reply || this.#phase !== 'open') return;
    this.#request.scheduler.schedule(() => {
      if (this.#isSilent || this.#isBroken) return;
      const answer = reply(message); // asked for behind a closing handshake, too: the message was there before it
      if (this.#phase === 'closed') return;
      this.#answers.add(
        answer.subscribe({
          next: (step) => step.act(this),
          error: (error: unknown) => this.#breakWith(error),
        }),
      );
    });
  }

  #note(action: ClientAction): void {
    if (this.#phase !== 'closed') this.#behaviour.note(action);
  }

  #expectOpen(): void {
    if (this.#phase === 'connecting') {
      throw new Error('A script sends before its connection is open: put an `o` first.');
    }
  }

  // How it ends

  /** @param error what an Observable ended with; one that is no Error does not say why */
  #breakWith(error: unknown): void {
    this.drop(isError(error) ? error : undefined);
  }

  #break(error?: Error): void {
    if (error) this.#sink.onError(error);
    else if (this.#phase === 'connecting') {
      this.#sink.onError(
        new HandshakeError(`Cannot connect to ${redactUrl(this.#request.url)}: refused by the script`),
      );
    }
    this.#end(1006, '', false);
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    this.#stop();
    this.#sink.onClose(code, reason, wasClean);
  }

  #stop(): void {
    this.#phase = 'closed';
    this.#playing.unsubscribe();
  }
}
