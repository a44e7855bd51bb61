import type { SchedulerLike } from 'rxjs';
import { HandshakeError } from '../../../src/index.node.js';
import type { Transport, TransportSink, TransportSocket } from '../../../src/index.node.js';
import { SLOW } from './moods.js';
import type { Moods } from './moods.js';

/** What a socket says that was let go, and nobody may ever be told. */
export const TOO_LATE = 'too late';

/** Is told what passes between the sockets and the library, before it has an effect. */
export interface Wiretap {
  /** The client asks for a connection. */
  dialing(): void;
  /** The handshake succeeds. */
  opening(socket: PlayedSocket): void;
  /** A frame is handed to a socket. */
  sending(socket: PlayedSocket, frame: string): void;
  /** The client begins to close, and its handshake will go well. */
  leaving(socket: PlayedSocket, code: number): void;
  /** A message is handed to the library. */
  arriving(socket: PlayedSocket, data: string): void;
  /** The peer's end of the connection is told to the library. */
  ending(socket: PlayedSocket, code: number): void;
  /** It was told. */
  ended(): void;
}

/** What a played server is. */
export interface PlayedServerOptions {
  readonly moods: Readonly<Moods>;
  readonly scheduler: SchedulerLike;
  readonly wiretap: Wiretap;
  readonly canPause: boolean;
  readonly canPing: boolean;
}

/** One connection: the client's socket, and the server's end of it. Keeps to the rules of the transport port. */
export class PlayedSocket implements TransportSocket {
  readyState = 0;
  /** Whether the client has nothing of it any more. */
  isGone = false;
  /** Whether it was dropped while the server's Close frame was not reported yet, which it is now. */
  mustReport = false;
  readonly bufferedAmount = 0;
  declare ping?: (payload?: string) => void;
  declare pause?: () => void;
  declare resume?: () => void;
  readonly #options: PlayedServerOptions;
  readonly #sink: TransportSink;
  readonly #later: (action: () => void, delay?: number) => void;
  /** What the server has closed with. */
  #farewell: number | undefined;
  /** Whether the client has begun to close. */
  #isLeft = false;
  /** What a paused client does not see. */
  #unread: (() => void)[] | undefined;

  constructor(options: PlayedServerOptions, sink: TransportSink, later: (action: () => void, delay?: number) => void) {
    this.#options = options;
    this.#sink = sink;
    this.#later = later;
    if (options.canPing) this.ping = () => this.#answerPing(() => sink.onPong(''));
    if (options.canPause) {
      this.pause = () => void (this.#unread ??= []);
      this.resume = () => {
        const unread = this.#unread ?? [];
        this.#unread = undefined;
        unread.forEach((arrival) => this.#arrive(arrival));
      };
    }
    this.#answerHandshake();
  }

  /** Whether the library has heard the last of it. */
  get isOver(): boolean {
    return this.isGone && !this.mustReport;
  }

  get isPaused(): boolean {
    return this.#unread !== undefined;
  }

  // What the client does

  send(frame: string): void {
    if (this.readyState !== 1) throw new Error('This socket is not open.');
    this.#options.wiretap.sending(this, frame);
    if (frame === 'ping') this.#answerPing(() => this.message('pong'));
  }

  close(code: number, reason: string): void {
    if (this.readyState === 0) return this.terminate();
    const mood = this.#options.moods.goodbye;
    if (mood === 'well' && this.readyState === 1) this.#options.wiretap.leaving(this, code);
    this.readyState = 2;
    this.#isLeft = true;
    const goodbye = () => (mood === 'badly' ? this.break() : this.#arrive(() => this.#end(code, reason, true)));
    if (mood === 'well') goodbye();
    else if (mood !== 'never') this.#later(goodbye);
  }

  terminate(): void {
    this.mustReport ||= !this.isGone && this.#farewell !== undefined;
    this.isGone = true;
    this.readyState = 3;
    const end = () => {
      const { mustReport } = this;
      this.mustReport = false;
      if (mustReport) this.#sink.onClose(this.#farewell!, 'bye', true);
      this.chatter();
    };
    if (this.#options.moods.goodbye === 'badly' && !this.#isLeft) end();
    this.#later(end);
  }

  // What the server does

  accept(): void {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.#options.wiretap.opening(this);
    this.#sink.onOpen('', '');
  }

  refuse(status: number): void {
    if (this.readyState !== 0) return;
    this.#sink.onError(new HandshakeError(`refused with ${status}`, { status }));
    this.#end(1006, '', false);
  }

  message(data: string): void {
    this.#arrive(() => {
      if (this.readyState === 0) return;
      this.#options.wiretap.arriving(this, data);
      this.#sink.onMessage(data, data.length);
    });
  }

  /** With a Close frame, which is seen before the socket is closed. */
  bye(code: number): void {
    this.#arrive(() => {
      if (this.readyState !== 1) return;
      this.readyState = 2;
      this.#farewell = code;
      if (this.#options.moods.goodbye === 'well') this.#end(code, 'bye', true);
      else this.#later(() => this.#end(code, 'bye', true));
    });
  }

  break(): void {
    this.#arrive(() => {
      this.#sink.onError(new Error('broken'));
      this.#end(1006, '', false);
    });
  }

  /** A socket that was dropped reports whatever it likes, once it has reported the Close frame that it has seen. */
  chatter(): void {
    if (!this.isGone || this.mustReport) return;
    this.#sink.onOpen('', '');
    this.#sink.onMessage('0', 1);
    this.#sink.onPong('');
    this.#sink.onError(new Error(TOO_LATE));
    this.#sink.onClose(1011, TOO_LATE, true);
  }

  #answerHandshake(): void {
    const mood = this.#options.moods.handshake;
    if (mood === 'well') this.#later(() => this.accept(), 0);
    if (mood === 'slow') this.#later(() => this.accept());
    if (mood === 'badly') this.#later(() => this.refuse(503));
  }

  #answerPing(pong: () => void): void {
    const mood = this.#options.moods.pong;
    if (mood === 'well') this.#arrive(pong);
    if (mood === 'slow') this.#later(() => this.#arrive(pong));
  }

  #arrive(arrival: () => void): void {
    if (this.isGone) return;
    if (this.#unread) this.#unread.push(arrival);
    else arrival();
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    if (this.isGone) return;
    this.isGone = true;
    this.readyState = 3;
    if (!this.#isLeft) this.#options.wiretap.ending(this, code);
    this.#sink.onClose(code, reason, wasClean);
    this.#options.wiretap.ended();
  }
}

/** A server that is played by hand, and answers as its moods are where nobody plays it. */
export class PlayedServer {
  readonly sockets: PlayedSocket[] = [];
  /** How many timers wait that are not the library's. */
  pending = 0;
  readonly transport: Transport;

  constructor(options: PlayedServerOptions) {
    const later = (action: () => void, delay = SLOW) => {
      this.pending++;
      options.scheduler.schedule(() => {
        this.pending--;
        action();
      }, delay);
    };
    this.transport = {
      canPause: options.canPause,
      canSetHeaders: true,
      open: (_request, sink) => {
        options.wiretap.dialing();
        const socket = new PlayedSocket(options, sink, later);
        this.sockets.push(socket);
        return socket;
      },
    };
  }

  /** The newest connection. */
  get socket(): PlayedSocket | undefined {
    return this.sockets.at(-1);
  }
}
