import { command } from './command.js';
import { CountingProcess } from './counting-process.js';

let networks = 0;

/** A counting server in a network namespace of its own, connected by a virtual cable (veth). */
export class OwnNetwork {
  readonly server: CountingProcess;
  readonly #near: string;
  readonly #far: string;
  readonly #cable: string;

  private constructor(server: CountingProcess, index: number) {
    this.server = server;
    this.#cable = `rxwire${index}`;
    // 198.18.0.0/15 is reserved for network tests (RFC 2544). Each network gets four addresses.
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

  /** Drops the packets that match, at the server's end. */
  async drop(direction: 'input' | 'output', match = ''): Promise<void> {
    await this.#there(`nft add table ip faults`);
    await this.#there(`nft add chain ip faults ${direction}`, `{ type filter hook ${direction} priority 0; }`);
    await this.#there(`nft add rule ip faults ${direction} ${match} drop`.replace('  ', ' '));
  }

  /** Drops no more packets. */
  passAll(): Promise<void> {
    return this.#there('nft flush ruleset');
  }

  /** Limits the rate at the server's end. */
  throttle(rate: string): Promise<void> {
    return this.#there(`tc qdisc add dev far root tbf rate ${rate} burst 2kb latency 500ms`);
  }

  unthrottle(): Promise<void> {
    return this.#there('tc qdisc del dev far root');
  }

  link(state: 'up' | 'down'): Promise<void> {
    return this.#there(`ip link set far ${state}`);
  }

  /** Resets the open connections. */
  reset(): Promise<void> {
    return this.#there(`ss -K sport = :${this.server.port}`);
  }

  /** Removes the route to the server. */
  loseRoute(): Promise<void> {
    return command(`ip route add unreachable ${this.#far}`);
  }

  findRoute(): Promise<void> {
    return command(`ip route del unreachable ${this.#far}`);
  }

  /** Kills the server. Its network namespace and the cable end with it. */
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
