import { config as rxjs, defer, Observable } from 'rxjs';
import type { Subscription } from 'rxjs';
import {
  heartbeat,
  isFatalError,
  isOutboxOverflowError,
  observeWebSocket,
  onOpen,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../../src/index.node.js';
import type { LifecycleEvent, Link, Supervision, WebSocketConnection } from '../../../src/index.node.js';
import { CountingScheduler } from '../counting-scheduler.js';
import { EventGrammar, stateGrammar } from './grammar.js';
import { answer } from './moods.js';
import type { Moods } from './moods.js';
import { Outgoing } from './outgoing.js';
import { PlayedServer } from './played-server.js';
import type { PlayedSocket, Wiretap } from './played-server.js';
import type { Reaction, Script, Setup, Step, UserStep } from './steps.js';

const CONNECT_TIMEOUT = 100;
const CLOSE_TIMEOUT = 20;
/** Longer than any wait before a retry: what 1013 asks for, and what comes on top. */
const RECOVERY = 120_000;

/** Somebody who is subscribed, and what they heard. */
interface Subscriber {
  /** Not there while they are joining, when nobody can leave. */
  subscription?: Subscription;
  isOver: boolean;
}

interface Listener extends Subscriber {
  /** How many of the dropped messages they were told of. */
  told: number;
  readonly heard: LifecycleEvent[];
}

interface Reader extends Subscriber {
  /** The first message that they are to get. */
  readonly from: number;
  got: number;
}

/** Plays a script, and resolves to whatever was not as it must be. */
export async function play({ setup, steps }: Script): Promise<string[]> {
  const unhandled: unknown[] = [];
  const before = rxjs.onUnhandledError;
  rxjs.onUnhandledError = (error) => unhandled.push(error);
  try {
    const stage = new Stage(setup);
    for (const step of steps) {
      await stage.take(step);
      if (stage.complaints.length > 0) return stage.complaints;
    }
    await stage.recover();
    await stage.clear();
    return [...stage.complaints, ...unhandled.map((error) => `unhandled: ${String(error)}`)];
  } finally {
    rxjs.onUnhandledError = before;
  }
}

class Stage implements Wiretap {
  readonly complaints: string[] = [];
  readonly #setup: Setup;
  readonly #scheduler = new CountingScheduler();
  readonly #moods: Moods = { handshake: 'well', goodbye: 'well', pong: 'well', url: 'well', setUp: 'well', refresh: 'well' }; // prettier-ignore
  readonly #server: PlayedServer;
  readonly #feed: WebSocketConnection<number, number>;
  readonly #outgoing: Outgoing;
  /** The socket of the connection that is open, as the innermost supervision knows it. */
  #live: PlayedSocket | undefined;
  /** What a Close frame of the server has to be told as. */
  #ending: number | undefined;
  /** What readers must have got. */
  readonly #delivered: number[] = [];
  #listeners: Listener[] = [];
  #readers: Reader[] = [];
  #releases: (() => void)[] = [];
  #link: Link | undefined;
  readonly #closes = { asked: 0, done: 0 };
  /** Whether the user asked for the end of this run. */
  #isEndAsked = false;
  /** How many reactions ran in this step. */
  #reactions = 0;
  #depth = 0;
  /** Nobody reacts any more. */
  #isAtEnd = false;
  #lastId = 0;

  constructor(setup: Setup) {
    const scheduler = this.#scheduler;
    const complain = (what: string) => void this.complaints.push(what);
    this.#setup = setup;
    this.#outgoing = new Outgoing(setup.outbox, () => scheduler.now(), complain);
    this.#server = new PlayedServer({ ...setup, moods: this.#moods, scheduler, wiretap: this });
    this.#feed = observeWebSocket<number>(
      {
        url: () => defer(() => answer(this.#moods.url, 'ws://model', scheduler)),
        codec: { encode, decode },
        outbox: setup.outbox,
        connectTimeout: CONNECT_TIMEOUT,
        closeTimeout: CLOSE_TIMEOUT,
        linger: setup.linger,
        transport: this.#server.transport,
        scheduler,
      },
      ...this.#supervision(),
    );
    this.#feed.state.subscribe(stateGrammar(complain));
  }

  async take(step: Step): Promise<void> {
    const listeners = this.#listeners.map((listener) => ({ listener, told: listener.told, heard: listener.heard.length })); // prettier-ignore
    const { dropped } = this.#outgoing;
    this.#reactions = 0;
    if (step.do === 'pass') await this.#pass(step.ms);
    else this.#act(step);
    await microtasks();
    this.#check(listeners, dropped);
  }

  /** All is well again: whoever still listens has an open connection in the end. */
  async recover(): Promise<void> {
    for (const of of Object.keys(this.#moods) as (keyof Moods)[]) this.#moods[of] = 'well';
    for (const release of this.#releases) release();
    await this.take({ do: 'pass', ms: RECOVERY });
    const { state, stats } = this.#feed;
    // A watchdog ends a connection on which nothing is said, over and over: then it is the next one that is open.
    if (this.#setup.heartbeat === 'none' && state.value.status !== 'open') {
      await this.take({ do: 'pass', ms: CONNECT_TIMEOUT });
    }
    const isWanted = [...this.#listeners, ...this.#readers].some(({ isOver }) => !isOver);
    if (isWanted && state.value.status !== 'open') this.complaints.push(`it is ${state.value.status} for good`);
    if (isWanted && stats.queued > 0) this.complaints.push(`${stats.queued} messages wait for good`);
  }

  /** Everybody leaves, and nothing stays behind. */
  async clear(): Promise<void> {
    this.#isAtEnd = true;
    for (const { subscription } of [...this.#listeners, ...this.#readers]) subscription?.unsubscribe();
    await this.#pass(this.#setup.linger + CLOSE_TIMEOUT + 50);
    const { status } = this.#feed.state.value;
    if (!['idle', 'closed', 'failed'].includes(status)) this.complaints.push(`in the end it is ${status}`);
    if (this.#scheduler.pending > 0) this.complaints.push(`${this.#scheduler.pending} timers are left`);
    if (this.#server.sockets.some(({ isGone }) => !isGone)) this.complaints.push('a socket is left');
    if (this.#closes.done < this.#closes.asked) this.complaints.push('a close() never resolved');
    if (this.#feed.messages.observed) this.complaints.push('its messages are observed by nobody');
  }

  // The wire

  sending(socket: PlayedSocket, frame: string): void {
    if (frame === 'ping') {
      this.#outgoing.sent++;
      return;
    }
    const id = Number(frame);
    this.#outgoing.sending(id);
    if (socket !== this.#live) this.complaints.push(`${id} was sent on a socket that had its end`);
  }

  arriving(socket: PlayedSocket, data: string): void {
    if (socket === this.#live && !Number.isNaN(Number(data))) this.#delivered.push(Number(data));
  }

  ending(socket: PlayedSocket, code: number): void {
    const isTold = socket === this.#live && this.#hasRun && this.#feed.state.value.status !== 'closing';
    if (isTold) this.#ending = code;
  }

  ended(): void {
    if (this.#ending !== undefined) this.complaints.push(`the close ${this.#ending} of the server was not told`);
    this.#ending = undefined;
  }

  // How it is made

  #supervision(): Supervision[] {
    const { refresh, stop, retry, onOpen: setsUp, heartbeat: ping } = this.#setup;
    const scheduler = this.#scheduler;
    const random = () => 0.5;
    const operators: (Supervision | undefined)[] = [
      (source) => this.#witness(source),
      ping === 'message'
        ? heartbeat({ ping: () => 'ping', isReply: (data) => data === 'pong', scheduler, random })
        : ping
          ? heartbeat({ ping, scheduler, random })
          : undefined,
      setsUp ? onOpen(() => defer(() => answer(this.#moods.setUp, 0, scheduler))) : undefined,
      refresh
        ? refreshOnUnauthorized(() => defer(() => answer(this.#moods.refresh, 0, scheduler)), { scheduler })
        : undefined,
      stop ? stopOnFatalClose() : undefined,
      retry ? retryWithBackoff({ initialDelay: 10, maxDelay: 1000, scheduler, random }) : undefined,
    ];
    return operators.filter((operator) => operator !== undefined);
  }

  /** The raw lifecycle of one connection after another. */
  #witness(source: Observable<LifecycleEvent>): Observable<LifecycleEvent> {
    return new Observable((subscriber) => {
      const grammar = new EventGrammar('start', (what) => this.complaints.push(`raw: ${what}`));
      subscriber.add(() => (this.#live = undefined));
      subscriber.add(
        source.subscribe({
          next: (event) => {
            grammar.next(event);
            if (event.type === 'open') {
              this.#live = this.#server.socket;
              this.#link = event.link;
            }
            if (event.type === 'close') {
              this.#live = undefined;
              if (this.#ending !== undefined && event.code !== this.#ending) {
                this.complaints.push(`the close ${this.#ending} of the server was told as ${event.code}`);
              }
              this.#ending = undefined;
            }
            subscriber.next(event);
          },
          error: (error: unknown) => {
            grammar.end('an error');
            subscriber.error(error);
          },
          complete: () => {
            grammar.end('completion');
            subscriber.complete();
          },
        }),
      );
    });
  }

  // What happens

  async #pass(ms: number): Promise<void> {
    const end = this.#scheduler.frame + ms;
    for (let action; (action = this.#scheduler.actions[0]) && action.delay <= end;) {
      this.#scheduler.advance(Math.max(0, action.delay - this.#scheduler.frame));
      await microtasks();
    }
    this.#scheduler.advance(end - this.#scheduler.frame);
  }

  #act(step: Exclude<Step, { do: 'pass' }>): void {
    const { socket } = this.#server;
    switch (step.do) {
      case 'mood':
        this.#moods[step.of] = step.is;
        break;
      case 'accept':
        socket?.accept();
        break;
      case 'refuse':
        socket?.refuse(step.status);
        break;
      case 'message':
        socket?.message(String(++this.#lastId));
        break;
      case 'gibberish':
        socket?.message('{');
        break;
      case 'bye':
        socket?.bye(step.code);
        break;
      case 'break':
        socket?.break();
        break;
      case 'chatter':
        for (const each of this.#server.sockets) each.chatter();
        break;
      default:
        this.#use(step);
    }
  }

  #use(step: UserStep): void {
    const { messages, state } = this.#feed;
    switch (step.do) {
      case 'listen':
        this.#listen(step.reaction);
        break;
      case 'read':
        this.#read(step.reaction);
        break;
      case 'watch': {
        const react = this.#reacting(step.reaction);
        state.subscribe(({ status }) => react(status));
        break;
      }
      case 'leave':
        this.#leave(step.which);
        break;
      case 'next':
        this.#next();
        break;
      case 'nextUnserializable':
        this.#outgoing.drop();
        messages.next(NaN);
        break;
      case 'linkSend':
        this.#sendAhead();
        break;
      case 'pause':
        this.#releases.push(this.#feed.pause());
        break;
      case 'release':
        this.#releases[step.which]?.();
        break;
      case 'complete':
        this.#askForEnd();
        messages.complete();
        this.#outgoing.settle();
        break;
      case 'error':
      case 'close':
        this.#close(step.do, step.code);
        break;
      case 'linkClose':
        this.#isEndAsked = true;
        this.#link?.close();
        break;
      case 'linkTerminate':
        this.#link?.terminate(new Error('enough'));
        break;
    }
  }

  #next(): void {
    const id = ++this.#lastId;
    const mustBeSent = this.#depth === 0 && this.#feed.state.value.status === 'open' && this.#live?.readyState === 1;
    this.#outgoing.offer(id);
    try {
      this.#feed.messages.next(id);
    } catch (error) {
      if (!isOutboxOverflowError(error)) throw error;
      this.#outgoing.refuse(id);
    }
    if (!this.#outgoing.returned(id) && mustBeSent) this.complaints.push(`${id} was not sent`);
  }

  #sendAhead(): void {
    const id = ++this.#lastId;
    if (!this.#link) return;
    this.#outgoing.offerAhead(id);
    this.#link.send(id);
    this.#outgoing.returned(id);
  }

  #close(how: 'close' | 'error', code: number): void {
    const isSendable = code === 1000 || (code >= 3000 && code <= 4999);
    if (isSendable) this.#askForEnd();
    try {
      if (how === 'error') this.#feed.messages.error({ code });
      else {
        this.#closes.asked++;
        this.#feed.close(code).then(
          () => this.#closes.done++,
          (error: unknown) => {
            this.#closes.done++;
            if (isSendable || !(error instanceof RangeError)) this.complaints.push(`close(${code}) rejected`);
          },
        );
      }
    } catch (error) {
      if (isSendable || !(error instanceof RangeError)) throw error;
    }
    if (isSendable) this.#outgoing.settle();
  }

  #askForEnd(): void {
    this.#isEndAsked = true;
    this.#outgoing.clear();
  }

  #listen(reaction?: Reaction): void {
    const react = this.#reacting(reaction);
    const isNew = ['idle', 'failed'].includes(this.#feed.state.value.status) && !this.#hasRun;
    if (isNew) this.#isEndAsked = false;
    const grammar = new EventGrammar(isNew ? 'start' : undefined, (what) => this.complaints.push(what));
    const listener: Listener = { isOver: false, told: 0, heard: [] };
    this.#listeners.push(listener);
    const over = (how: 'completion' | 'failure') => {
      listener.isOver = true;
      grammar.end(how);
      react(how);
    };
    Object.assign(listener, {
      subscription: this.#feed.lifecycle.subscribe({
        next: (event) => {
          if (listener.isOver) this.complaints.push(`${event.type} was told to somebody who had left`);
          grammar.next(event);
          listener.heard.push(event);
          if (event.type === 'dropped') {
            listener.told += event.count;
            this.#outgoing.told(event);
          }
          react(event.type);
        },
        error: (error: unknown) => {
          this.#judgeFailure(error);
          over('failure');
        },
        complete: () => {
          if (!this.#isEndAsked) this.complaints.push('it completed, and nobody asked for that');
          over('completion');
        },
      }),
    });
  }

  #read(reaction?: Reaction): void {
    const react = this.#reacting(reaction);
    if (!this.#hasRun) this.#isEndAsked = false;
    const reader: Reader = { isOver: false, from: this.#delivered.length, got: 0 };
    this.#readers.push(reader);
    Object.assign(reader, {
      subscription: this.#feed.messages.subscribe({
        next: (message) => {
          const expected = this.#delivered[reader.from + reader.got++];
          if (message !== expected) this.complaints.push(`${message} arrived in place of ${expected}`);
          react('message');
        },
        error: (error: unknown) => {
          reader.isOver = true;
          this.#judgeFailure(error);
          react('failure');
        },
        complete: () => {
          reader.isOver = true;
          react('completion');
        },
      }),
    });
  }

  #leave(which: number): void {
    const all = [...this.#listeners, ...this.#readers];
    const leaver = all.filter(({ isOver, subscription }) => subscription && !isOver)[which];
    if (!leaver) return;
    leaver.isOver = true;
    leaver.subscription!.unsubscribe();
  }

  get #hasRun(): boolean {
    return [...this.#listeners, ...this.#readers].some(({ isOver }) => !isOver);
  }

  #reacting(reaction: Reaction | undefined): (what: Reaction['on']) => void {
    let isDue = true;
    return (what) => {
      if (!isDue || this.#isAtEnd || what !== reaction?.on) return;
      isDue = false;
      this.#reactions++;
      this.#depth++;
      this.#use(reaction.then);
      this.#depth--;
    };
  }

  // What must be

  #judgeFailure(error: unknown): void {
    if (this.#setup.retry && !isFatalError(error)) this.complaints.push(`${String(error)} was not retried`);
  }

  #check(listeners: { listener: Listener; told: number; heard: number }[], dropped: number): void {
    this.#outgoing.check(this.#feed.stats);
    for (const { from, got, isOver } of this.#readers) {
      if (!isOver && from + got !== this.#delivered.length) this.complaints.push('a message was not delivered');
    }
    if (this.#reactions > 0) return;
    const [eldest] = listeners.filter(({ listener }) => !listener.isOver);
    for (const { listener, told, heard } of listeners) {
      if (listener.isOver || !eldest) continue;
      const news = [listener.heard.slice(heard), eldest.listener.heard.slice(eldest.heard)];
      if (news[0]!.some((event, n) => event !== news[1]![n]))
        this.complaints.push('two listeners heard different events');
      if (listener.told - told !== this.#outgoing.dropped - dropped) this.complaints.push('a drop was not told');
    }
  }
}

function encode(value: number): string {
  if (Number.isNaN(value)) throw new TypeError('no number');
  return String(value);
}

function decode(data: string | Uint8Array): number {
  const value = Number(data);
  if (Number.isNaN(value)) throw new TypeError('no number');
  return value;
}

/** Promises have their turn. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}
