import type { PlantedFault as Fault } from '../helpers/alive/planted-faults.js';

/** A planted fault, and the first world that finds it. */
export interface PlantedFault extends Fault {
  readonly seed: number;
}

/** Faults of connections, operators and sessions, one of which at a time is put into a copy of the sources. */
export const PLANTED: readonly PlantedFault[] = [
  {
    seed: 1,
    what: 'a topic is not asked for again on the next connection',
    file: 'src/sessions/topic-sender.ts',
    text: 'this.atOpen.fill(topics, areRead);',
    by: 'void [topics, areRead];',
  },
  {
    seed: 2,
    what: 'a request that is left while it waits is sent all the same',
    file: 'src/sessions/request-table.ts',
    text: `    if (!request.error) this.#cancel(request);
    request.takeBack?.();`,
    by: '    if (!request.error) this.#cancel(request);',
  },
  {
    seed: 9,
    what: 'a pool does not count its retries as dials',
    file: 'src/sessions/dial-gate.ts',
    text: 'else stopWaiting = this.#wait(go);',
    by: 'else begin(() => undefined);',
  },
  {
    seed: 9,
    what: 'a pool counts a dial when its attempt begins, and not when its socket is made',
    file: 'src/sessions/dial-gate.ts',
    text: 'begin(() => granted.end(true));',
    by: 'granted.end(true); begin(() => undefined);',
  },
  {
    seed: 1,
    what: 'a pace goes by a window that is too short',
    file: 'src/connection/pace.ts',
    text: 'this.#window = per + Math.min(per * WIDENED_BY, WIDENED_AT_MOST);',
    by: 'this.#window = per * 0.9;',
  },
  {
    seed: 3,
    what: 'a pace does not count the answers to pings',
    file: 'src/connection/connection-link.ts',
    text: 'this.sender.lines?.count();',
    by: '',
  },
  {
    seed: 3,
    what: 'durations move when somebody sets the clock',
    file: 'src/rx/monotonic-now.ts',
    text: 'return timeOrigin + performance.now();',
    by: 'return now;',
  },
  {
    seed: 3,
    what: 'a dead peer is not noticed',
    file: 'operators/pulse.ts',
    text: 'const verdict = (this.#verdict = this.#awaitSign(timeout, link.sentBytes));',
    by: 'const verdict = (this.#verdict = this.#awaitSign(timeout * 100, link.sentBytes));',
  },
  {
    seed: 2,
    what: 'an attempt has no time limit',
    file: 'src/connection/attempt.ts',
    text: 'this.socket.within(config.connectTimeout, () => {',
    by: 'this.socket.within(Infinity, () => {',
  },
  {
    seed: 9,
    what: 'what waits is given up by close(), and nobody is notified',
    file: 'src/connection/outgoing.ts',
    text: "this.dropped.drop(lines ? lines.finish(waiting, limit, done) : waiting, 'closed');",
    by: 'lines?.finish(waiting, limit, done);',
  },
  {
    seed: 20,
    what: 'what links have waiting under a pace is forgotten with their connection',
    file: 'src/connection/sending-lines.ts',
    text: 'const waiting = [...drain(this.#raw), ...drain(this.#own), ...(this.#last?.messages ?? [])];',
    by: 'const waiting = this.#last?.messages ?? []; drain(this.#raw); drain(this.#own);',
  },
  {
    seed: 13,
    what: 'a handover delivers what the new connection receives at once',
    file: 'src/connection/handover.ts',
    text: "if (this.phase === 'over' && !this.#waiting.length) {",
    by: "if (this.phase !== 'making' && this.#waiting.length < 1e9) {",
  },
  {
    seed: 6,
    what: 'a gap in a sequence is not noticed',
    file: 'operators/in-sequence.ts',
    text: "return from <= successor(last) ? 'next' : 'gap';",
    by: "return 'next';",
  },
  {
    seed: 18,
    what: 'a second subscriber of a topic keeps it alive for ever',
    file: 'src/sessions/topic-table.ts',
    text: 'if (topic.isRead || topic.isGone) continue;',
    by: 'if (topic.isRead || topic.isGone || topic.isAnswered) continue;',
  },
  {
    seed: 3,
    what: 'the closing handshake has no time limit',
    file: 'src/connection/attempt-socket.ts',
    text: 'this.within(this.#config.closeTimeout, () => {',
    by: 'this.within(Infinity, () => {',
  },
];
