import { join } from 'node:path';
import { seededRandom } from '../ingest/strikes.js';
import type { Account } from './account.js';
import { planBreaks, waysOf } from './breaks.js';
import { ClientProcess } from './client-process.js';
import { Exchange } from './exchange.js';
import { examine } from './findings.js';
import type { Findings } from './findings.js';
import { Market } from './market.js';
import { planEnds } from './planned-ends.js';
import { RowStore } from './row-store.js';
import { DELISTED, SETTINGS } from './rules.js';
import type { Rules, Setting } from './rules.js';
import type { Fault, Settings } from './settings.js';
import { TrialHistory } from './trial-history.js';
import { sleep } from './until.js';

/** What trials have in common. */
export interface TrialContext {
  readonly settings: Settings;
  readonly natsPort: number;
  /** Where clients log. */
  readonly folder: string;
  /** Is called with what happens. */
  say(line: string): void;
}

/** How many numbers a delta stands for, at most. */
const STRIDES = { single: 1, range: 3, previous: 9 };
/** How many rounds of gaps come last. */
const LAST_ROUNDS = 6;
const SPOILT = ['missing', 'missing', 'repeated', 'garbled'] as const;

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
  /** Whether the exchange was down for so long that the client is to raise an alert. */
  mustAlert = false;
  readonly #context: TrialContext;
  readonly #history: TrialHistory;
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
    this.#history = new TrialHistory(context.folder, setting, this.market);
    this.exchange = new Exchange(this.rules, this.market, changes, this.#history.record);
    this.account = this.exchange.account(setting);
  }

  get seconds(): number {
    return (performance.now() - this.#since) / 1000;
  }

  /** Looks at the client; to be called every now and then. */
  async observe(): Promise<void> {
    if (this.phase === 'done') return;
    const { numbers = {} } = this.client?.report ?? {};
    this.behind = [...this.#numbers].filter(([symbol, number]) => (numbers[symbol] ?? 0) < number).length;
    this.#numbers = new Map(this.market.symbols.map((symbol) => [symbol, this.market.book(symbol).number]));
    await this.client?.scrape();
  }

  /** @returns what was found; an error is a finding too, and so is a fault in the history */
  async run(): Promise<Findings> {
    const { summary, failures } = await this.#run().catch((error: unknown) => ({
      summary: `${this.setting}, ${this.seconds.toFixed(0)} s`,
      failures: [(error as Error).message],
    }));
    const faults = await this.#history.faults();
    return { summary, failures: faults ? [...failures, `The history: ${faults}`] : failures };
  }

  async #run(): Promise<Findings> {
    const { settings } = this.#context;
    await this.exchange.listen();
    const { client, store } = await this.start(this.setting, this.market.symbols, settings.without, true);
    const stopFollowing = this.#history.follow(store);
    this.client = client;
    try {
      await client.catchUp();
      this.#enter('breaks');
      await this.#breakAll(client);
      this.#enter('recovers');
      await sleep(500); // until what was to be spoilt is
      await client.catchUp();
      this.#enter('ends in time');
      const planned = await planEnds(this, client, store, settings.isShort);
      this.#enter('stops');
      await this.#spoilMore();
      await client.catchUp();
      await client.stop();
      await this.#history.reaches(await store.size());
      return await examine(this, client, store, planned);
    } finally {
      this.phase = 'done';
      client.open = this.behind = 0;
      client.kill();
      stopFollowing();
      await store.close();
      await this.exchange.close();
    }
  }

  async #breakAll(client: ClientProcess): Promise<void> {
    const { isShort, ends, gaps } = this.#context.settings;
    const breaks = planBreaks(isShort, this.#random);
    const ways = Math.min(ends, waysOf(isShort));
    const before = this.account.ends.break;
    for (let [round, tried] = [1, 0]; ; round++) {
      await sleep(250);
      if (client.obstacle) throw new Error(client.obstacle);
      const ended = this.account.ends.break - before;
      const seen = client.options.isSequenced ? client.report!.gaps : this.account.spoilt;
      const isEnough = ended >= ends && tried >= ways;
      if (isEnough && seen >= gaps) return;
      const peers = this.#shuffled(this.exchange.peersOf(this.setting));
      const [peer] = peers;
      if (!peer) continue;
      if (round % (isShort ? 3 : 6)) {
        peer.spoil(SPOILT[Math.floor(this.#random() * SPOILT.length)]!);
      } else if (!isEnough) {
        tried++;
        const { title, isLong, run } = breaks.next().value;
        this.mustAlert ||= !!isLong;
        this.#say(`the exchange ${title}`);
        run(peer, this.exchange, peers);
      }
    }
  }

  /** What a client does not notice now stays wrong. */
  async #spoilMore(): Promise<void> {
    for (let round = 0; round < LAST_ROUNDS; round++) {
      for (const peer of this.exchange.peersOf(this.setting)) peer.spoil('missing');
      await sleep(250);
    }
  }

  /** Starts a client, and opens what it stores its rows in. */
  async start(
    name: string,
    symbols: readonly string[],
    without: readonly Fault[],
    isRecorded = false,
  ): Promise<{ client: ClientProcess; store: RowStore }> {
    const { natsPort, folder, settings } = this.#context;
    const store = await RowStore.open(natsPort, name);
    const options = {
      ...{ url: this.exchange.url, account: name, natsPort, symbols: [...symbols, ...DELISTED] },
      rules: without.includes('pace') ? { ...this.rules, paces: [] } : this.rules,
      ...(!without.includes('overlap') && { overlap: 1000 }),
      isSequenced: !without.includes('inSequence'),
      logFile: join(folder, `${name}.log`),
      spoilsRows: isRecorded && settings.spoilsRows,
      ...(isRecorded && { historyFile: this.#history.clientFile }),
    };
    return { client: new ClientProcess(options, this.exchange.account(name), this.market), store };
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
