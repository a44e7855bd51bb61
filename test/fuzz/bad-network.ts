import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { collectGarbageOf } from '../helpers/leftovers.js';
import type { Fault } from './fault.js';
import { Wire } from './wire.js';

/** A TCP proxy that damages each connection as a plan says. */
export class BadNetwork {
  /** The number of connections during this plan. */
  connections = 0;
  #plan: readonly Fault[] = [];
  #wires: Wire[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(upstream: number) {
    // Each side may close alone.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const server = connect({ port: upstream, host: '127.0.0.1', allowHalfOpen: true });
      const mine = this.#plan.filter(({ connection }) => connection === this.connections);
      const planned = (side: Fault['direction']) => mine.filter(({ direction }) => direction === side);
      this.connections++;
      this.#wires = [new Wire(client, server, planned('toServer')), new Wire(server, client, planned('toClient'))];
      this.#join(client, server);
    });
  }

  static async start(upstream: number): Promise<BadNetwork> {
    const network = new BadNetwork(upstream);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    collectGarbageOf(network);
    return network;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get clients(): number {
    return this.#sockets.size;
  }

  /** Whether all faults of the newest connection are over. */
  get isOver(): boolean {
    return this.#wires.every((wire) => wire.isOver);
  }

  /** Sets the plan. The next connection is its first one. */
  follow(plan: readonly Fault[]): void {
    this.#plan = plan;
    this.connections = 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(...sides: [Socket, Socket]): void {
    for (const socket of sides) {
      this.#sockets.add(socket);
      socket.on('error', () => {}); // the other side sees the failure
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const side of sides) side.destroy();
      });
    }
  }
}
