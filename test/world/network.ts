import { Subject } from 'rxjs';
import { dice } from '../../bench/herd/dice.js';
import type { Transport, TransportSocket } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import type { ClientAction, ScriptStep } from '../../src/testing/index.js';
import type { Plan } from './plan.js';
import type { Machine } from './machine.js';
import type { Timeline } from './timeline.js';
import { Wire } from './wire.js';

/** What a wire leads to. */
export interface Host {
  /** Something arrives. */
  arrived(wire: Wire, action: ClientAction): void;
  /** Whether it answered nothing lately. */
  readonly isDeaf: boolean;
}

/** Who uses a wire, and looks at what is sent on it, as it is sent. */
export interface WireOwner {
  dialled(wire: Wire): void;
  did(wire: Wire, action: ClientAction): void;
  /** What the server sends to it by now. @param isTwice whether it was asked for something that it sends already */
  asked(keys: ReadonlySet<string>, isTwice: boolean): void;
}

/** How a server can be reached for now. Times are those of the timeline. */
interface Weather {
  /** Nothing arrives before that, in either direction. */
  cutUntil: number;
  /** Everything takes two seconds longer until then. */
  slowUntil: number;
  /** Every fourth packet is sent again, until then. */
  lossyUntil: number;
}

/** The network between the machine of the clients and all servers. What is lost is sent again, as TCP does. */
export class Network {
  readonly timeline: Timeline;
  readonly machine: Machine;
  readonly wires: Wire[] = [];
  readonly #plan: Plan;
  readonly #hosts: () => readonly Host[];
  readonly #weather: readonly Weather[];
  readonly #scripted: Transport;
  /** Who dials now. */
  #owner: WireOwner | undefined;

  constructor(plan: Plan, machine: Machine, hosts: () => readonly Host[]) {
    this.#plan = plan;
    this.machine = machine;
    this.timeline = machine.timeline;
    this.#hosts = hosts;
    this.#weather = Array.from({ length: plan.servers }, () => ({ cutUntil: 0, slowUntil: 0, lossyUntil: 0 }));
    const server = scriptedServer(() => this.wires.at(-1)!.script, ['-']);
    server.log.subscribe(({ connection, ...action }) => {
      if (action.type === 'connect') this.#dial(action);
      this.wires[connection]!.act(action);
    });
    this.#scripted = server.transport;
  }

  weather(server: number): Weather {
    return this.#weather[server % this.#plan.servers]!;
  }

  /** All is well from now on. */
  clearUp(): void {
    for (const weather of this.#weather) Object.assign(weather, { cutUntil: 0, slowUntil: 0, lossyUntil: 0 });
  }

  /** When a packet arrives that leaves at a time. */
  arrival(server: number, leaves: number, roll: () => number): number {
    const { least, spread } = this.#plan.latency;
    const { cutUntil, slowUntil, lossyUntil } = this.#weather[server]!;
    let arrives = leaves + least + Math.floor(roll() * (spread + 1));
    if (leaves < slowUntil) arrives += 2000;
    if (leaves < lossyUntil && roll() < 0.25) arrives += 200 + Math.floor(roll() * 3000);
    return leaves < cutUntil ? Math.max(arrives, cutUntil + Math.floor(roll() * 1000)) : arrives;
  }

  /** What connections of one owner dial with. */
  transportFor(owner: WireOwner): Transport {
    const { canPause, canSetHeaders, open } = this.#scripted;
    return {
      ...{ canPause, canSetHeaders },
      open: (request, sink) => {
        this.#owner = owner;
        return withLine(open(request, sink), this.wires.at(-1)!);
      },
    };
  }

  #dial(action: ClientAction & { type: 'connect' }): void {
    const server = Number(/\d+/.exec(action.url)![0]);
    const { length } = this.wires;
    const roll = dice(this.#plan.seed + 7919 * (length + 1));
    const wire = new Wire(this, this.#owner!, this.#hosts()[server]!, server, roll, new Subject<ScriptStep>());
    this.wires.push(wire);
    this.#owner!.dialled(wire);
  }
}

/** The scripted socket, and what is known of the line behind it. */
function withLine(socket: TransportSocket, wire: Wire): TransportSocket {
  wire.socket = socket;
  return Object.create(socket, {
    bufferedAmount: { get: () => wire.buffered },
    flushedBytes: { get: () => wire.sentBytes - wire.buffered },
    send: {
      value: (data: string | Uint8Array) => {
        wire.sending(data.length);
        socket.send(data);
      },
    },
  }) as TransportSocket;
}
