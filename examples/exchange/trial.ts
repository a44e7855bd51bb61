import { join } from 'node:path';
import { seededRandom } from '../ingest/strikes.js';
import type { Account } from './account.js';
import { planBreaks } from './breaks.js';
import { ClientProcess } from './client-process.js';
import { Exchange } from './exchange.js';
import { examine } from './findings.js';
import type { Findings, PlannedEnds } from './findings.js';
import { Market } from './market.js';
import { RowStore } from './row-store.js';
import { RowTally } from './row-tally.js';
import { SETTINGS } from './rules.js';
import type { Rules, Setting } from './rules.js';
import type { Fault, Settings } from './settings.js';
import { sleep, until } from './until.js';

/** What trials have in common. */
export interface TrialContext {
  readonly settings: Settings;
  readonly natsPort: number;
  /** Where clients log. */
  readonly folder: string;
  /** Is called with what happens. */
  say(line: string): void;
}

/** Symbols that the client asks for, and the exchange refuses. */
export const DELISTED = ['GONE-1', 'GONE-2', 'GONE-3'];
/** How many numbers a delta stands for, at most. */
const STRIDES = { single: 1, range: 3, previous: 9 };
const SPOILT = ['missing', 'missing', 'repeated', 'garbled'] as const;
/** How many symbols the client without an overlap has. */
const COMPARED = 100;

/** An exchange, and a client that is to have all right while the exchange breaks what it can. */
export class Trial {
  phase = 'starts';
  readonly setting: Setting;
  readonly rules: Rules;
  readonly market: Market;
  readonly exchange: Exchange;
  readonly account: Account;
  client: ClientProcess | undefined;
  /** How many books of the client were not up to date with what was true at the observation before. */
  behind = 0;
  #numbers: ReadonlyMap<string, number> = new Map();
  readonly #context: TrialContext;
  readonly #random: () => number;
  readonly #since = performance.now();

  constructor(setting: Setting, context: TrialContext) {
    const { symbols, changes, seed } = context.settings;
    const names = Array.from({ length: symbols }, (_, index) => `SYM-${String(index + 1).padStart(3, '0')}`);
    this.setting = setting;
    this.rules = SETTINGS[setting];
    this.#context = context;
    this.#random = seededRandom(`${seed} ${setting}`);
    this.market = new Market(names, STRIDES[this.rules.numbers], this.#random);
    this.exchange = new Exchange(this.rules, this.market, changes);
    this.account = this.exchange.account(setting);
  }

  get seconds(): number {
    return (performance.now() - this.#since) / 1000;
  }

  /** Looks at the client; to be called every now and then. */
  async observe(): Promise<void> {
    const { numbers = {} } = this.client?.report ?? {};
    this.behind = [...this.#numbers].filter(([symbol, number]) => (numbers[symbol] ?? 0) < number).length;
    this.#numbers = new Map(this.market.symbols.map((symbol) => [symbol, this.market.book(symbol).number]));
    await this.client?.scrape();
  }

  /** @returns what was found; an error is a finding too */
  async run(): Promise<Findings> {
    try {
      return await this.#run();
    } catch (error) {
      return { summary: `${this.setting}, ${this.seconds.toFixed(0)} s`, failures: [(error as Error).message] };
    }
  }

  async #run(): Promise<Findings> {
    const { settings, natsPort } = this.#context;
    await this.exchange.listen();
    const store = await RowStore.open(natsPort, this.setting);
    const client = (this.client = this.#start(this.setting, this.market.symbols, settings.without));
    try {
      await this.#catchUp(client);
      this.#enter('breaks');
      await this.#breakAll(client);
      this.#enter('recovers');
      await sleep(500); // until what was to be spoilt is
      await this.#catchUp(client);
      this.#enter('plans ends');
      const planned = await this.#planEnds(client, store);
      this.#enter('stops');
      await this.#catchUp(client);
      client.stop();
      await until('The end of the client', 15, () => !!client.exit);
      return await examine(this, client, store, planned);
    } finally {
      this.phase = 'done';
      client.kill();
      await store.close();
      await this.exchange.close();
    }
  }

  async #breakAll(client: ClientProcess): Promise<void> {
    const { isShort, ends, gaps } = this.#context.settings;
    const breaks = planBreaks(isShort, this.#random);
    const before = this.account.ends.break;
    for (let round = 1; ; round++) {
      await sleep(250);
      this.#check(client);
      const ended = this.account.ends.break - before;
      if (ended >= ends && client.report!.gaps >= gaps) return;
      const peers = this.#shuffled(this.exchange.peersOf(this.setting));
      const [peer] = peers;
      if (!peer) continue;
      if (round % (isShort ? 3 : 6)) {
        peer.spoil(SPOILT[Math.floor(this.#random() * SPOILT.length)]!);
      } else if (ended < ends) {
        const { title, run } = breaks.next().value!;
        this.#say(`the exchange ${title}`);
        run(peer, this.exchange, peers);
      }
    }
  }

  /** Nothing breaks, and every connection comes to its planned end. */
  async #planEnds(client: ClientProcess, store: RowStore): Promise<PlannedEnds> {
    const { settings } = this.#context;
    const rows = await store.size();
    const before = { ...this.account.ends };
    const count = Math.ceil(this.market.symbols.length / this.rules.keysPerConnection) * (settings.isShort ? 1 : 2);
    const isOver = () => this.account.ends.planned - before.planned >= count;
    const [control] = await Promise.all([
      settings.isShort ? undefined : this.#endWithoutOverlap(),
      until('Planned ends', 60, isOver, () => this.#obstacle(client)),
    ]);
    await this.#catchUp(client);
    const { planned, rules } = this.account.ends;
    return { rows, ends: planned - before.planned, cuts: rules - before.rules, control };
  }

  /** The same, of a client without an overlap. */
  async #endWithoutOverlap(): Promise<{ readonly ends: number; readonly missed: number }> {
    const name = `${this.setting}-control`;
    const { ends } = this.exchange.account(name);
    const store = await RowStore.open(this.#context.natsPort, name);
    const client = this.#start(name, this.market.symbols.slice(0, COMPARED), ['overlap']);
    try {
      await this.#catchUp(client);
      await until(
        'Planned ends without an overlap',
        60,
        () => ends.planned >= 2,
        () => this.#obstacle(client),
      );
      await this.#catchUp(client);
      const tally = await RowTally.of(store);
      return { ends: ends.planned, missed: tally.missed };
    } finally {
      client.kill();
      await store.close();
    }
  }

  /** Waits until all books have what is true now, and what has arrived is stored. */
  async #catchUp(client: ClientProcess): Promise<void> {
    const symbols = client.options.symbols.filter((symbol) => this.market.has(symbol));
    const numbers = symbols.map((symbol) => [symbol, this.market.book(symbol).number] as const);
    const isThere = ({ report } = client) =>
      report && numbers.every(([symbol, number]) => (report.numbers[symbol] ?? 0) >= number);
    await until(
      'Catching up',
      60,
      () => !!isThere(),
      () => this.#obstacle(client),
    );
    const { received } = client.report!;
    await until(
      'Storing',
      15,
      () => client.report!.stored >= received,
      () => this.#obstacle(client),
    );
  }

  #start(account: string, symbols: readonly string[], without: readonly Fault[]): ClientProcess {
    const { natsPort, folder } = this.#context;
    return new ClientProcess({
      ...{ url: this.exchange.url, account, natsPort, symbols: [...symbols, ...DELISTED] },
      rules: without.includes('pace') ? { ...this.rules, paces: [] } : this.rules,
      ...(!without.includes('overlap') && { overlap: 1000 }),
      isSequenced: !without.includes('inSequence'),
      logFile: join(folder, `${account}.log`),
    });
  }

  /** What makes it useless to wait any longer. */
  #obstacle({ exit, options }: ClientProcess): string | undefined {
    const { bans, violations } = this.exchange.account(options.account);
    if (bans) return `The exchange has banned the client: ${violations.join(', ')}.`;
    return exit && `The client ended by itself, with ${exit.signal ?? `status ${exit.status}`}.`;
  }

  #check(client: ClientProcess): void {
    const obstacle = this.#obstacle(client);
    if (obstacle) throw new Error(obstacle);
  }

  #shuffled<T>(values: readonly T[]): T[] {
    const ranks = new Map(values.map((value) => [value, this.#random()]));
    return [...values].sort((a, b) => ranks.get(a)! - ranks.get(b)!);
  }

  #enter(phase: string): void {
    this.phase = phase;
    this.#say(phase);
  }

  #say(what: string): void {
    this.#context.say(`${this.seconds.toFixed(1).padStart(6)} s  ${this.setting.padEnd(11)} ${what}`);
  }
}
