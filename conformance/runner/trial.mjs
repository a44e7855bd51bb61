import { setTimeout as pass } from 'node:timers/promises';
import { Client } from '../client/client.mjs';
import { Clock } from '../client/clock.mjs';
import { selfSigned } from '../server/self-signed.mjs';
import { Server } from '../server/server.mjs';

/** How long anything may take before it counts as never, in milliseconds. */
const PATIENCE = 10_000;

/** One client, one server, and what is done to them. */
export class Trial {
  server;
  /** @type {Client} */
  client;
  /** @type {Clock | undefined} */
  clock;
  /** The numbered messages that the user gave to the client. */
  sent = 0;
  startedAt = performance.now();
  /** The last connection before the fault. */
  connectionBefore = -1;
  /** When the fault began. @type {number | undefined} */
  faultAt;
  /** When the fault ended. @type {number | undefined} */
  healedAt;
  /** When the user closed the client. */
  closedAt = Infinity;
  /** How many TCP connections the client still had when it should have had one. */
  connections = 1;
  /** What was left after the user had closed the client. @type {string[]} */
  left = [];
  /** Facts of single scenarios. @type {Record<string, number>} */
  extra = {};

  /** @param {import('./adapter.mjs').Adapter} adapter */
  constructor(adapter, { hasClock = false, isSecure = false } = {}) {
    this.server = new Server(isSecure ? selfSigned : undefined);
    this.clock = hasClock ? new Clock() : undefined;
    this.client = new Client(adapter, this.clock?.env);
  }

  /** Waits until a fact is true, or the time is over. @returns {Promise<boolean>} whether it is true */
  async until(fact, within = PATIENCE) {
    const end = performance.now() + within;
    while (!fact()) {
      if (performance.now() > end) return false;
      await pass(5);
    }
    return true;
  }

  /** Time during which a fault lasts, or in which something must not happen. Ends early if the client crashes. */
  lasts(milliseconds) {
    return this.until(() => this.hasCrashed, milliseconds);
  }

  connect(id = 0, host = '127.0.0.1') {
    this.client.do({ do: 'connect', id, url: this.server.url.replace('127.0.0.1', host) });
  }

  /** Does something to each new connection once the client says that it is open, or half a second later. */
  onceOpen(act) {
    return async (/** @type {import('../server/peer.mjs').Peer} */ peer) => {
      await this.until(() => this.hasStopped || this.client.saw('open').length > peer.index, 500);
      act(peer);
    };
  }

  /** Sends numbered messages. */
  send(count = 1) {
    for (let n = 0; n < count; n++) this.client.do({ do: 'send', id: 0, text: String(++this.sent) });
  }

  /** The user closes the client. */
  close(id = 0) {
    if (id === 0) this.closedAt = performance.now();
    this.client.do({ do: 'close', id });
  }

  /** Connects, and exchanges messages in both directions. @returns {Promise<boolean>} whether that was possible */
  async isConnected() {
    this.connect();
    if (!(await this.until(() => this.hasStopped || this.client.saw('message').length > 2))) return false;
    this.send(3);
    return this.until(() => this.hasStopped || this.hasAllThatWasSent());
  }

  async fault(begin) {
    this.connectionBefore = this.server.peers.length - 1;
    this.faultAt = performance.now();
    await begin(this.server, this);
  }

  async heal(end = () => {}) {
    await end(this.server, this);
    this.healedAt = performance.now();
  }

  get hasCrashed() {
    return this.client.exit !== undefined;
  }

  get hasStopped() {
    return this.hasCrashed || this.client.saw('give-up').length > 0;
  }

  /** The first message of a later connection, after the fault is over. */
  get firstBack() {
    const since = this.healedAt ?? this.faultAt ?? this.startedAt;
    return this.client
      .saw('message', since)
      .find((event) => event.at < this.closedAt && connectionOf(event) > this.connectionBefore);
  }

  /** Whether the server has all that the user sent. */
  hasAllThatWasSent() {
    const got = new Set(this.server.peers.flatMap((peer) => peer.got));
    return Array.from({ length: this.sent }, (_, index) => String(index + 1)).every((text) => got.has(text));
  }

  /** What the user does at the end: sends a little, closes, and looks at what remains. */
  async finish({ closesItself, requires }) {
    const isUsable = requires.stays || this.firstBack !== undefined;
    if (!this.hasStopped && !closesItself && isUsable) {
      this.send(3);
      await this.until(() => this.hasStopped || this.hasAllThatWasSent(), 3000);
      await this.until(() => this.server.sockets.size <= 1, 1500);
      this.connections = this.server.sockets.size;
    }
    const crashed = this.hasCrashed;
    if (!crashed) {
      if (!closesItself) this.close();
      if (!(await this.until(() => this.server.sockets.size === 0, 4000))) this.left.push('a connection');
      this.client.finish();
      if (!(await this.until(() => this.hasCrashed, 4000))) this.left.push('what keeps the process');
    }
    this.client.kill();
    await this.until(() => this.hasCrashed);
    this.crash = crashed || this.client.exit.code ? this.client.exit.stderr.trim() || 'exited' : undefined;
    await this.server.stop();
    this.clock?.remove();
  }
}

/** The number of the connection that brought a message. */
export const connectionOf = ({ text }) => Number(text.split(':')[0]);
