import { defer, map, NEVER, of, skip, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Link, Supervision, WebSocketConnection } from '../../../src/index.node.js';
import { CountingScheduler } from '../counting-scheduler.js';
import { Audience } from './audience.js';
import { Closes } from './closes.js';
import type { Library } from './library.js';
import { mangling } from './mangles.js';
import { Post } from './post.js';
import type { Occasion, Script } from './script.js';
import { Servers } from './servers.js';

const LATE = 8;

/** A connection as a script makes it, and everything around it. */
export class Scene {
  readonly complaints: string[] = [];
  readonly script: Script;
  readonly scheduler = new CountingScheduler();
  readonly servers: Servers;
  readonly post: Post;
  readonly feed: WebSocketConnection;
  readonly audience: Audience;
  readonly closes: Closes;
  /** Of the newest `open` that left the supervision. */
  link: Link | undefined;
  /** Whether somebody has ever asked for the end. */
  isEndAsked = false;
  isWell = false;
  readonly complain = (what: string): void => void this.complaints.push(what);

  constructor(library: Library, script: Script, notice: (on: Occasion['on']) => void) {
    const { scheduler, complain } = this;
    this.script = script;
    this.post = new Post(() => this.feed, script.outbox, complain);
    this.servers = new Servers(script, scheduler, (data) => this.post.handed(data));
    this.closes = new Closes(complain);
    this.audience = new Audience(
      () => this.feed,
      notice,
      (how) => this.#judgeEnd(how),
      complain,
    );
    this.feed = library.createConnection<unknown, unknown>(
      {
        url: () => defer(() => this.#answer(script.url, 'ws://alive')),
        codec: { encode: (value) => value as Uint8Array, decode: (data) => data },
        outbox: script.outbox,
        connectTimeout: 50,
        closeTimeout: 20,
        linger: script.linger,
        scheduler,
      },
      this.#supervision(library),
      this.servers.transport,
    );
    this.feed.events.subscribe((event) => {
      this.closes.next(event);
      this.post.emitted(event);
      if (event.type === 'open') this.link = event.link;
    });
    this.feed.state.pipe(skip(1)).subscribe(({ status }) => {
      const isOpen = this.servers.alive.some(({ readyState }) => readyState === 1);
      if (status === 'open' && !isOpen) complain('it says that it is open, and no socket is');
      notice(status);
    });
  }

  #supervision(library: Library): Supervision[] {
    const { scheduler, script } = this;
    const { retry, setUp, mangles } = script;
    const mangled = (side: 'before' | 'after') =>
      mangles.filter((mangle) => mangle.side === side).map((mangle) => mangling(mangle, scheduler));
    const delays = { initialDelay: 10, maxDelay: 10, jitter: 'none', resetAfter: 15, scheduler } as const;
    return [
      this.closes.first,
      ...(setUp === 'none' ? [] : [library.onOpen(() => defer(() => this.#answer(setUp, true)))]),
      ...mangled('before'),
      ...(retry === 'never'
        ? []
        : [library.retryWithBackoff({ ...delays, maxRetries: retry === 'once' ? 1 : Infinity })]),
      ...mangled('after'),
      this.closes.last,
    ];
  }

  #answer<T>(how: Script['url'] | Script['setUp'], value: T): Observable<T> {
    if (this.isWell || how === 'now') return of(value);
    if (how === 'late') return timer(LATE, this.scheduler).pipe(map(() => value));
    return how === 'never' ? NEVER : throwError(() => new Error('no set-up'));
  }

  #judgeEnd(how: 'error' | 'completion'): void {
    if (this.script.retry !== 'always') return;
    if (how === 'error') this.complain('it failed, though every failure is retried');
    else if (!this.isEndAsked) this.complain('it completed, and nobody asked for that');
  }
}
