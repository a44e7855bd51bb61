/** A fault that is put into a copy of the sources: this text, which is there once, is replaced by that one. */
export interface PlantedFault {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

const delivery = 'src/connection/event-delivery.ts';
const core = 'src/connection/connection-core.ts';
const run = 'src/connection/run.ts';
const attempt = 'src/connection/attempt.ts';

export const PLANTED: readonly PlantedFault[] = [
  {
    what: 'a `reconnecting` that comes late ends the connection that is open by then',
    file: delivery,
    text: `      case 'reconnecting':
        this.deliverMissingCloses();`,
    by: `      case 'reconnecting':
        this.deliverMissingCloses();
        attempt?.abandon();`,
  },
  {
    what: 'a `reconnecting` that comes late is taken for the state',
    file: delivery,
    text: 'if (!isLate) this.#core.change(event);',
    by: 'this.#core.change(event);',
  },
  {
    what: 'a `close` that the supervision swallows is never emitted',
    file: delivery,
    text: `        this.deliverMissingCloses();
        if (its`,
    by: `        if (its`,
  },
  {
    what: 'a `close` that the supervision swallows is not emitted at the end of the run',
    file: run,
    text: 'this.delivery.deliverAllCloses();',
    by: '',
  },
  {
    what: 'a `close` that the supervision repeats is emitted twice',
    file: delivery,
    text: 'if (this.#closes?.has(event) || this.#isSurplus(event, attempt)) return;',
    by: '',
  },
  {
    what: 'a `connecting` that the supervision repeats or delays is emitted again',
    file: delivery,
    text: 'if (event.attempt <= Math.max(this.#newest, this.#closed)) return;',
    by: '',
  },
  {
    what: 'an `open` that comes late counts, though its connection is gone',
    file: delivery,
    text: 'if (its?.link?.writable) this.#deliverOpen(event, its);',
    by: 'if (its?.link) this.#deliverOpen(event, its);',
  },
  {
    what: 'an `open` that the supervision repeats leaves the connection without its outbox',
    file: delivery,
    text: 'outgoing.open(attempt.phase ===',
    by: 'if (attempt.openSince < health.now()) return; outgoing.open(attempt.phase ===',
  },
  {
    what: 'an `open` that comes late is not bound by a lease that was taken before it',
    file: delivery,
    text: 'if (isPaused) attempt.hold(true);',
    by: '',
  },
  {
    what: 'a set-up is bound by a lease, and its release forgets it',
    file: attempt,
    text: 'if (this.openSince === undefined) return;',
    by: 'if (this.openSince === undefined || !isHeld) return;',
  },
  {
    what: 'a connection that nobody is subscribed to any more keeps its socket',
    file: attempt,
    text: "if (phase === 'open') this.socket.startClosingHandshake(code, reason);",
    by: '',
  },
  {
    what: 'who subscribes during a `close()` waits for ever',
    file: core,
    text: 'this.turns.run(() => this.#startNext());',
    by: '',
  },
  {
    what: 'the end of a run ends the one that was begun meanwhile',
    file: run,
    text: 'if (this.core.run !== this) return; // who received them',
    by: '//',
  },
  {
    what: 'a subscriber that comes while it lingers does not keep it',
    file: core,
    text: 'if (run === this.run) this.#lingering?.unsubscribe();',
    by: '',
  },
];

/** Faults that lose, repeat or forget messages. */
export const PLANTED_IN_DELIVERIES: readonly PlantedFault[] = [
  {
    what: 'what waits is the buffer of the caller',
    file: 'src/connection/message.ts',
    text: 'frame: copyOf(frame)',
    by: 'frame',
  },
  {
    what: 'a message does not reach the second reader, because the first one has ended the connection',
    file: 'src/connection/reader-list.ts',
    text: 'const isHeld = turns.hold();',
    by: 'const isHeld = false;',
  },
  {
    what: 'maxBytes does not bound what waits',
    file: 'src/connection/outbox.ts',
    text: 'while (this.size >= capacity || this.#bytes + message.size > maxBytes)',
    by: 'while (this.size >= capacity)',
  },
  {
    what: 'the promise of a message that is dropped never settles',
    file: 'src/connection/dropped-messages.ts',
    text: 'receipts?.forEach((receipt)',
    by: 'receipts?.slice(1).forEach((receipt)',
  },
  {
    what: 'the promise of a message that waits resolves when it is given up',
    file: 'src/connection/dropped-messages.ts',
    text: 'receipt.dropped(new MessageDroppedError(reason, { cause: error }))',
    by: 'receipt.sent()',
  },
  {
    what: 'a message that send() gives up at once is not counted',
    file: 'src/connection/outgoing.ts',
    text: "this.dropped.report(1, 'overflow');",
    by: '',
  },
  {
    what: 'what was sent to a connection that has just ended is dropped unseen',
    file: 'src/connection/outgoing.ts',
    text: 'for (const message of rest) this.#keep(message);',
    by: 'if (link) for (const message of rest) this.#keep(message);',
  },
];
