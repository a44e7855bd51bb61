import { dialects, plain } from './dialects.mjs';

/** How far apart the messages of a stream are, in milliseconds. */
const STREAM_INTERVAL = 20;

/** One connection, as the server sees it. */
export class Peer {
  /** The messages that arrived: texts. */
  got = [];
  /** How many numbered messages were sent. */
  sent = 0;
  /** Whether messages can be sent: a protocol may want to agree on something first. */
  isReady = false;
  pings = 0;
  pongs = 0;
  /** Whether all that was sent must have arrived, also at the end. */
  mustArrive = false;
  #dialect;
  #stream;

  /**
   * @param {import('ws').WebSocket} webSocket
   * @param {import('node:net').Socket} socket
   * @param {number} index the number of the connection, from 0
   */
  constructor(webSocket, socket, index) {
    this.webSocket = webSocket;
    this.socket = socket;
    this.index = index;
    this.#dialect = (dialects.get(webSocket.protocol) ?? plain)(this);
    webSocket.on('error', () => {});
    webSocket.on('close', () => this.stopStream());
    webSocket.on('pong', () => this.pongs++);
    webSocket.on('message', (data) => this.#dialect.receive(String(data)));
  }

  /** Replaced by those who wait for it. */
  onReady() {}

  /** @param {string} text a message of the client's user */
  take(text) {
    this.got.push(text);
  }

  /** @param {string} text a text frame */
  write(text) {
    if (this.webSocket.readyState === this.webSocket.OPEN) this.webSocket.send(text);
  }

  /** Sends the next numbered message: `connection:number`, and bytes behind it that make it long. */
  sendNext(bytes = 0) {
    this.write(this.#dialect.encode(`${this.index}:${++this.sent}${bytes ? `:${'x'.repeat(bytes)}` : ''}`));
  }

  /** Sends numbered messages all the time. */
  stream() {
    if (!this.isReady) {
      this.onReady = () => this.stream();
      return;
    }
    this.sendNext();
    this.#stream ??= setInterval(() => this.sendNext(), STREAM_INTERVAL);
  }

  stopStream() {
    this.onReady = () => {};
    clearInterval(this.#stream);
    this.#stream = undefined;
  }

  /** Sends so many messages, as fast as the client takes them. */
  flood(count, bytes) {
    this.stopStream();
    const last = this.sent + count;
    const fill = () => {
      const { webSocket } = this;
      while (this.sent < last && webSocket.readyState === webSocket.OPEN && webSocket.bufferedAmount < 1 << 20)
        this.sendNext(bytes);
    };
    const flooding = setInterval(fill, 1);
    this.webSocket.on('close', () => clearInterval(flooding));
  }

  /** Sends pings all the time. */
  ping(interval) {
    const pinging = setInterval(() => {
      this.pings++;
      this.webSocket.ping();
    }, interval);
    this.webSocket.on('close', () => clearInterval(pinging));
  }

  /** Answers nothing any more, neither pings nor a Close frame nor the end of the stream. */
  fallSilent() {
    this.stopStream();
    const { socket } = this;
    socket.removeAllListeners('data').removeAllListeners('end').resume();
    socket.on('end', () => socket.emit('gone'));
    this.webSocket.send = () => {};
  }

  /** Everything that is sent from now on leaves at this pace, in order. */
  throttle(bytesPerSecond) {
    const write = this.socket.write.bind(this.socket);
    let waiting = Buffer.alloc(0);
    this.socket.write = (chunk, ...rest) => {
      waiting = Buffer.concat([waiting, Buffer.from(chunk)]);
      rest.find((argument) => typeof argument === 'function')?.();
      return true;
    };
    let last = performance.now();
    const draining = setInterval(() => {
      const now = performance.now();
      const portion = Math.ceil(((now - last) / 1000) * bytesPerSecond); // a busy server keeps the pace, too
      last = now;
      if (waiting.length > 0) write(waiting.subarray(0, portion));
      waiting = waiting.subarray(portion);
    }, 50);
    this.webSocket.on('close', () => clearInterval(draining));
  }

  /** Reads at this pace for a time, and so does TCP: what the client sends waits at the client. */
  readSlowly(bytesPerSecond, milliseconds) {
    const { socket } = this;
    const [read] = socket.listeners('data');
    const { resume } = socket;
    const most = Math.ceil(bytesPerSecond / 50);
    const start = performance.now();
    let [waiting, passed] = [Buffer.alloc(0), 0];
    const keep = (data) => {
      waiting = Buffer.concat([waiting, data]);
      if (waiting.length >= most) socket.pause();
    };
    const pass = (bytes) => {
      const portion = waiting.subarray(0, bytes);
      waiting = waiting.subarray(portion.length);
      passed += portion.length;
      if (portion.length > 0) read.call(socket, portion);
      if (waiting.length < most) resume.call(socket);
    };
    socket.off('data', read).on('data', keep);
    socket.resume = () => socket; // the receiver does it after each frame
    const reading = setInterval(() => {
      const elapsed = performance.now() - start;
      if (elapsed < milliseconds) return pass(Math.floor((elapsed / 1000) * bytesPerSecond) - passed);
      clearInterval(reading);
      socket.off('data', keep).on('data', read);
      socket.resume = resume;
      pass(waiting.length);
    }, 10);
    socket.on('close', () => clearInterval(reading));
  }

  /** Sends something, and closes, in one write. */
  sayAndClose(code, reason, messages = 0) {
    this.stopStream();
    this.mustArrive = true;
    this.socket.cork();
    for (let n = 0; n < messages; n++) this.sendNext();
    this.webSocket.close(code, reason);
    this.socket.uncork();
  }

  /** Ends the TCP connection by a reset. */
  reset() {
    this.stopStream();
    this.socket.resetAndDestroy();
  }

  /** Ends the TCP connection without a Close frame. */
  end() {
    this.stopStream();
    this.socket.end();
  }
}
