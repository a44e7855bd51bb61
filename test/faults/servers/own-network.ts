import { command } from './command.js';
import { CountingProcess } from './counting-process.js';

let networks = 0;

/** A counting server at the far end of a cable: nothing but the two ends of it can see what happens there. */
export class OwnNetwork {
  readonly server: CountingProcess;
  readonly #near: string;
  readonly #far: string;
  readonly #cable: string;

  private constructor(server: CountingProcess, index: number) {
    this.server = server;
    this.#cable = `rxwire${index}`;
    // 198.18.0.0/15 is there for tests of networks (RFC 2544), four addresses for each.
    const address = 4 * index;
    const prefix = `198.${18 + (address >> 16)}.${(address >> 8) & 255}`;
    this.#near = `${prefix}.${(address & 255) + 1}`;
    this.#far = `${prefix}.${(address & 255) + 2}`;
  }

  static async start(): Promise<OwnNetwork> {
    const server = await CountingProcess.start({ isApart: true });
    const network = new OwnNetwork(server, (server.pid + 8192 * networks++) % 32_768);
    await network.#lay();
    return network;
  }

  get url(): string {
    return `ws://${this.#far}:${this.server.port}`;
  }

  /** Drops packets at the far end, those that match. */
  async drop(direction: 'input' | 'output', match = ''): Promise<void> {
    await this.#there(`nft add table ip faults`);
    await this.#there(`nft add chain ip faults ${direction}`, `{ type filter hook ${direction} priority 0; }`);
    await this.#there(`nft add rule ip faults ${direction} ${match} drop`.replace('  ', ' '));
  }

  /** Drops nothing any more. */
  passAll(): Promise<void> {
    return this.#there('nft flush ruleset');
  }

  /** The far end sends no faster than this. */
  throttle(rate: string): Promise<void> {
    return this.#there(`tc qdisc add dev far root tbf rate ${rate} burst 2kb latency 500ms`);
  }

  unthrottle(): Promise<void> {
    return this.#there('tc qdisc del dev far root');
  }

  link(state: 'up' | 'down'): Promise<void> {
    return this.#there(`ip link set far ${state}`);
  }

  /** Cuts the connections that are there. */
  reset(): Promise<void> {
    return this.#there(`ss -K sport = :${this.server.port}`);
  }

  /** Nothing leads there any more. */
  loseRoute(): Promise<void> {
    return command(`ip route add unreachable ${this.#far}`);
  }

  findRoute(): Promise<void> {
    return command(`ip route del unreachable ${this.#far}`);
  }

  /** The network goes with its only process, and the cable with the network. */
  stop(): Promise<void> {
    return this.server.kill();
  }

  #there(line: string, ...args: string[]): Promise<void> {
    return command(`nsenter -t ${this.server.pid} -n ${line}`, ...args);
  }

  async #lay(): Promise<void> {
    await command(`ip link add ${this.#cable} type veth peer name far netns ${this.server.pid}`);
    await command(`ip addr add ${this.#near}/30 dev ${this.#cable}`);
    await command(`ip link set ${this.#cable} up`);
    await this.#there(`ip addr add ${this.#far}/30 dev far`);
    await this.link('up');
  }
}
