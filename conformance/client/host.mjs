/*
 * Runs an adapter in a process of its own: commands come as lines of JSON, what the client reports goes out so. A
 * client in another language speaks these lines itself.
 */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { setTimeout as pass } from 'node:timers/promises';
import { makeKnown, resolveNames } from './names.mjs';

resolveNames();

const adapter = await import(pathToFileURL(process.argv[2]).href);
const sessions = new Map();
/** How long the user needs for a message, in milliseconds; one at a time. */
let slowness = 0;
let greeting;
let isClosed = false;
let turn = Promise.resolve();
const flood = { received: 0, waiting: 0, gaps: 0 };
let newest;

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

/** A user who takes one message after the other. */
function consume(text) {
  const n = Number(text.split(':')[1]);
  if (newest !== undefined && n !== newest + 1) flood.gaps++;
  newest = n;
  flood.received++;
  flood.waiting++;
  turn = turn.then(() => !isClosed && pass(slowness)).then(() => void flood.waiting--);
  return turn;
}

const handlersOf = (id) => ({
  onOpen: () => {
    say({ saw: 'open', id });
    if (greeting) sessions.get(id)?.send(greeting);
  },
  onMessage: (text) => {
    if (slowness) return consume(text);
    say({ saw: 'message', id, text: String(text).slice(0, 40) });
  },
  onClose: (code, reason) => say({ saw: 'close', id, code, reason: String(reason ?? '') }),
  onGiveUp: (reason) => say({ saw: 'give-up', id, reason: String(reason ?? '') }),
});

const commands = {
  connect: ({ id, url }) => sessions.set(id, adapter.connect(url, handlersOf(id))),
  send: ({ id, text, count = 1, bytes = 0 }) => {
    const message = bytes > 0 ? `${text}:${'x'.repeat(bytes)}` : text;
    for (let n = 0; n < count; n++) sessions.get(id).send(message);
  },
  resolve: ({ host }) => makeKnown(host),
  close: ({ id }) => {
    isClosed = true;
    sessions.get(id).close();
  },
  greet: ({ text }) => (greeting = text),
  slow: ({ ms }) => (slowness = ms),
  facts: () => say({ saw: 'facts', ...flood, memory: process.memoryUsage.rss() }),
  // A computation that holds everything up.
  block: ({ ms }) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  },
};

// The end of stdin keeps nothing alive: what keeps the process then was left behind by the client.
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  commands[command.do](command);
}
