import type { SchedulerLike } from 'rxjs';
import { HandshakeError } from '../../../src/index.node.js';
import type { Transport } from '../../../src/index.node.js';
import { playedSockets } from './sockets.js';
import type { PlayedSocket } from './sockets.js';
import type { Script, Treatment } from './script.js';

const WELL: Treatment = { answers: 0, isRefusal: false, ends: undefined, farewell: undefined };

/** The servers of a script. */
export class Servers {
  readonly transport: Transport;
  readonly sockets: readonly PlayedSocket[];
  /** From now on every server is well. */
  areWell = false;

  constructor(
    { servers, answersClose }: Script,
    scheduler: SchedulerLike,
    onSend: (data: string | Uint8Array) => void,
  ) {
    const played = playedSockets({ answersClose });
    this.sockets = played.sockets;
    this.transport = {
      ...{ canPause: true, canSetHeaders: true },
      open: (request, sink) => {
        const treatment = this.areWell ? WELL : (servers[played.sockets.length] ?? WELL);
        const client = played.open(request, sink);
        const { socket } = played;
        const send = socket.send.bind(socket);
        socket.send = (data) => {
          onSend(data);
          send(data);
        };
        treat(socket, treatment, scheduler);
        return client;
      },
    };
  }

  /** Those that the client has neither closed nor dropped. */
  get alive(): readonly PlayedSocket[] {
    return this.sockets.filter(({ isAlive }) => isAlive);
  }

  /** Those of which something is left. */
  get left(): readonly PlayedSocket[] {
    return this.sockets.filter(({ readyState }) => readyState < 3);
  }
}

function treat(
  socket: PlayedSocket,
  { answers, isRefusal, ends, farewell }: Treatment,
  scheduler: SchedulerLike,
): void {
  const later = (ms: number, action: () => void) => void scheduler.schedule(action, ms);
  const answer = () => {
    if (!socket.isAlive) return;
    if (isRefusal) breakOff(socket, new HandshakeError('refused with 503', { status: 503 }));
    else socket.open();
  };
  const close = () => {
    if (socket.readyState === 2) socket.closed(1001, 'bye');
  };
  const end = () => {
    if (!socket.isAlive) return;
    if (farewell === undefined) {
      breakOff(socket, new Error('broken'));
      return;
    }
    socket.beginToClose();
    if (farewell > 0) later(farewell, close);
    else close();
  };
  if (answers !== undefined) later(answers, answer);
  if (ends !== undefined) later((answers ?? 0) + ends, end);
}

function breakOff(socket: PlayedSocket, error: Error): void {
  socket.fail(error);
  if (socket.isAlive) socket.closed();
}
