import type { PlantedFault } from '../helpers/alive/planted-faults.js';

/** Faults of connections, operators and sessions, one of which at a time is put into a copy of the sources. */
export const PLANTED: readonly PlantedFault[] = [
  {
    what: 'a topic is not asked for again on the next connection',
    file: 'src/sessions/topic-sender.ts',
    text: 'this.atOpen.fill(topics, areRead);',
    by: 'void [topics, areRead];',
  },
  {
    what: 'a request that is left while it waits is sent all the same',
    file: 'src/sessions/request-table.ts',
    text: `    if (!request.error) this.#cancel(request);
    request.takeBack?.();`,
    by: '    if (!request.error) this.#cancel(request);',
  },
  {
    what: 'a pool does not count its retries as dials',
    file: 'src/sessions/dial-gate.ts',
    text: 'else stopWaiting = this.#wait(go);',
    by: 'else begin(() => undefined);',
  },
  {
    what: 'a pool counts a dial when its attempt begins, and not when its socket is made',
    file: 'src/sessions/dial-gate.ts',
    text: 'begin(() => granted.end(true));',
    by: 'granted.end(true); begin(() => undefined);',
  },
  {
    what: 'a pace goes by a window that is too short',
    file: 'src/connection/pace.ts',
    text: 'this.#window = per + Math.min(per * WIDENED_BY, WIDENED_AT_MOST);',
    by: 'this.#window = per * 0.9;',
  },
  {
    what: 'a pace does not count the answers to pings',
    file: 'src/connection/connection-link.ts',
    text: 'this.sender.lines?.count();',
    by: '',
  },
  {
    what: 'durations move when somebody sets the clock',
    file: 'src/rx/monotonic-now.ts',
    text: 'return timeOrigin + performance.now();',
    by: 'return now;',
  },
  {
    what: 'a dead peer is not noticed',
    file: 'operators/pulse.ts',
    text: 'const verdict = (this.#verdict = this.#awaitSign(timeout, link.sentBytes));',
    by: 'const verdict = (this.#verdict = this.#awaitSign(timeout * 100, link.sentBytes));',
  },
  {
    what: 'an attempt has no time limit',
    file: 'src/connection/attempt.ts',
    text: 'this.socket.within(config.connectTimeout, () => {',
    by: 'this.socket.within(Infinity, () => {',
  },
  {
    what: 'what waits is given up by close(), and nobody is notified',
    file: 'src/connection/outgoing.ts',
    text: "this.dropped.drop(late, 'closed');",
    by: 'void late;',
  },
  {
    what: 'what links have waiting under a pace is forgotten with their connection',
    file: 'src/connection/sending-lines.ts',
    text: 'const waiting = [...drain(this.#raw), ...drain(this.#own), ...(this.#last?.messages ?? [])];',
    by: 'const waiting = this.#last?.messages ?? []; drain(this.#raw); drain(this.#own);',
  },
  {
    what: 'a handover delivers what the new connection receives at once',
    file: 'src/connection/handover.ts',
    text: "if (this.phase === 'over' && !this.#waiting.length) {",
    by: "if (this.phase !== 'making' && this.#waiting.length < 1e9) {",
  },
  {
    what: 'a gap in a sequence is not noticed',
    file: 'operators/in-sequence.ts',
    text: "return from <= successor(last) ? 'next' : 'gap';",
    by: "return 'next';",
  },
  {
    what: 'a second subscriber of a topic keeps it alive for ever',
    file: 'src/sessions/topic-table.ts',
    text: 'if (topic.isRead || topic.isGone) continue;',
    by: 'if (topic.isRead || topic.isGone || topic.isAnswered) continue;',
  },
  {
    what: 'the closing handshake has no time limit',
    file: 'src/connection/attempt-socket.ts',
    text: 'this.within(this.#config.closeTimeout, () => {',
    by: 'this.within(Infinity, () => {',
  },
  {
    what: 'a number that the server has given a topic is taken for one of ours',
    file: 'src/sessions/topic-ids.ts',
    text: 'if (theirs || !ours) return theirs;',
    by: 'if (ours || !theirs) return ours;',
  },
  {
    what: 'in a handover, topics of the old connection are looked up by the numbers of the new one',
    file: 'src/sessions/topic-links.ts',
    text: 'return this.#links[0];',
    by: 'return this.#links.at(-1);',
  },
  {
    what: 'in a handover, topics are told of the end of the old connection before its last messages',
    file: 'src/connection/run.ts',
    text: 'if (!this.#handover?.old.holdBackEnd(action)) action();',
    by: 'action();',
  },
  {
    what: 'an answer that comes in a handover, for a topic of the old connection, is not heard',
    file: 'src/sessions/link-requests.ts',
    text: 'answered.filter((topic) => this.isReplaced || topic.request === request)',
    by: 'answered.filter((topic) => topic.request === request)',
  },
];
