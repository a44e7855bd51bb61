import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { loseNetwork } from './test/browser/lose-network.js';
import { hasChromium, launchOptions } from './test/helpers/chromium.js';
import { mutants } from './test/mutation/mutants.js';
import { SmallFirst } from './test/mutation/sequencer.js';
import { firefoxProvider, webkitProvider } from './test/platforms/browsers/provider.js';

const fromRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Virtual time, contract, integration: everything that needs Node alone. */
const node: TestProjectInlineConfiguration = {
  // What examples import, without a build.
  resolve: { alias: { rxwire: fromRoot('src/index.node.ts') } },
  test: {
    name: 'node',
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/{browser,consumers,dashboard,faults,fuzz,platforms,runners,servers,soak,tarball,terminal}/**',
      'test/examples/{exchange,ingest}.test.ts',
    ],
    setupFiles: 'test/helpers/rare-random.ts',
    testTimeout: 20_000,
    pool: 'forks',
    // Node 20 has the native WebSocket behind this flag; later ones have it, and take the flag too.
    execArgv: ['--experimental-websocket'],
  },
};

/** What another Node may do otherwise: what is written, drawn, simulated and packed is the same everywhere. */
const onNode = (version: '22' | '24'): TestProjectInlineConfiguration => ({
  ...node,
  test: {
    ...node.test,
    name: `node-${version}`,
    exclude: [
      ...node.test!.exclude!,
      'test/{conformance,diagrams,herd,package,readme,world}/**',
      'test/angular/hydration.test.ts',
      'test/cli/demo.test.ts',
      // What a million messages do to memory passes on both sides of 22.
      ...(version === '22' ? ['test/integration/flow.test.ts'] : []),
    ],
  },
});

/** The same logic in a real browser, on its own WebSocket. */
const chromium: TestProjectInlineConfiguration = {
  // What tests of Node import leads to what browsers load.
  resolve: { alias: [{ find: /^.*\/src\/index\.node\.js$/, replacement: fromRoot('src/index.ts') }] },
  optimizeDeps: { include: ['rxjs', 'rxjs/testing', '@fast-check/vitest'] },
  test: {
    name: 'chromium',
    include: ['test/{protocol,rx,page,logging,operators,connection}/*.test.ts', 'test/browser/*.test.ts'],
    // These want Node itself: its streams, its environment, its Buffer, the inspection of its objects, a module loaded
    // twice, a document that is none.
    exclude: [
      'test/protocol/{codec,errors}.test.ts',
      'test/connection/{close,lifecycle,messages,model,slow-codec}.test.ts',
      'test/connection/{alive*,deliveries.property}.test.ts',
      'test/operators/{heartbeat,retry}-on-a-page.test.ts',
      'test/rx/{release,two-copies}.test.ts',
    ],
    testTimeout: 20_000,
    globalSetup: ['test/browser/script-host.ts', 'test/browser/flood-host.ts', 'test/browser/conformance-host.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      api: { host: '127.0.0.1' },
      commands: { loseNetwork },
      provider: playwright({ launchOptions }),
      instances: [{ browser: 'chromium' }],
    },
  },
};

/**
 * The same on every release of RxJS that is supported: what src/rx relies on may not be what RxJS documents. Two of the
 * three roll what is rare, too.
 */
const onRxjs = (release: string, TEST_RANDOM = ''): TestProjectInlineConfiguration => ({
  resolve: { alias: [{ find: /^rxjs(?=$|\/)/, replacement: `rxjs-${release}` }] },
  test: {
    name: `rxjs-${release}`,
    include: ['test/rx/*.test.ts', 'test/operators/{buffer,in,merge,on,retry,stop}-*.test.ts'],
    setupFiles: 'test/helpers/rare-random.ts',
    env: { RXJS: `rxjs-${release}`, TEST_RANDOM },
    testTimeout: 20_000,
    pool: 'forks',
  },
});

/** The tests of rxwire/angular on another Angular, which a folder of its own has. */
const onAngular = (version: '20' | '22'): TestProjectInlineConfiguration => ({
  plugins: [
    {
      name: `angular-${version}`,
      enforce: 'pre',
      resolveId(source) {
        if (!source.startsWith('@angular/')) return undefined;
        return this.resolve(source, fromRoot(`test/angular/versions/${version}/package.json`), { skipSelf: true });
      },
    },
  ],
  test: {
    ...node.test,
    name: `angular-${version}`,
    include: ['test/angular/*.test.ts'],
    exclude: [],
    env: { ANGULAR: version },
  },
});

/** The package as its users get it: packed, and installed in an empty folder. */
const tarball: TestProjectInlineConfiguration = {
  test: {
    name: 'tarball',
    include: ['test/tarball/*.test.ts'],
    globalSetup: 'test/tarball/setup.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
};

/** The same in the tools of its users, which each file installs: bundlers, test runners, every TypeScript. */
const consumers: TestProjectInlineConfiguration = {
  test: {
    ...tarball.test,
    name: 'consumers',
    include: ['test/consumers/*.test.ts'],
    fileParallelism: false, // each tool takes all cores there are
  },
};

/** Servers and proxies that no one here wrote. */
const servers: TestProjectInlineConfiguration = {
  test: { name: 'servers', include: ['test/servers/*.test.ts'], testTimeout: 60_000, pool: 'forks' },
};

/** The built package in every place that it is said to run in. */
const platforms: TestProjectInlineConfiguration = {
  test: {
    name: 'platforms',
    include: ['test/platforms/*.test.ts'],
    globalSetup: 'test/platforms/prepare.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
};

/** The contract of transports in the other browsers, which the packages of test/platforms drive. */
const otherBrowser = (
  browser: 'firefox' | 'webkit',
  provider: typeof firefoxProvider,
): TestProjectInlineConfiguration => ({
  ...chromium,
  test: {
    name: browser,
    include: ['test/browser/{conformance,transport}.test.ts'],
    testTimeout: 20_000,
    globalSetup: ['test/browser/script-host.ts', 'test/browser/conformance-host.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      api: { host: '127.0.0.1' },
      provider,
      instances: [{ browser }],
    },
  },
});

/** Bytes damaged at random. */
const fuzz: TestProjectInlineConfiguration = {
  test: { name: 'fuzz', include: ['test/fuzz/*.test.ts'], pool: 'forks' },
};

/** Networks, proxies, TLS and handshakes that fail. They wait more than they work. */
const faults: TestProjectInlineConfiguration = {
  test: { name: 'faults', include: ['test/faults/*.test.ts'], testTimeout: 120_000, pool: 'forks', maxWorkers: 5 },
};

/** Writes docs/reliability.md anew, from the same faults; proves nothing. */
const reliability: TestProjectInlineConfiguration = {
  test: { ...faults.test, name: 'reliability', include: ['test/faults/*.measure.ts'] },
};

/** The command in a real terminal (tmux), its completions in real shells, its page in man. */
const terminal: TestProjectInlineConfiguration = {
  test: { name: 'terminal', include: ['test/terminal/*.test.ts'], testTimeout: 60_000, pool: 'forks' },
};

/** Whole pages in a real Chromium, driven from outside: the dashboard, built as its README says. */
const dashboard: TestProjectInlineConfiguration = {
  test: {
    name: 'dashboard',
    include: ['test/dashboard/*.test.ts'],
    globalSetup: 'test/dashboard/serve.mjs',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
};

/** Apart from the others: it takes both cores for a minute, and wants a nats-server. */
const ingest: TestProjectInlineConfiguration = {
  test: { name: 'ingest', include: ['test/examples/ingest.test.ts'], testTimeout: 120_000 },
};

/** Apart from the others, too: exchanges, clients and a nats-server. */
const exchange: TestProjectInlineConfiguration = {
  test: { name: 'exchange', include: ['test/examples/exchange.test.ts'], testTimeout: 120_000 },
};

/** The test kit in the test runners of users, which it installs. */
const runners: TestProjectInlineConfiguration = {
  test: {
    name: 'runners',
    include: ['test/runners/*.test.ts'],
    globalSetup: 'test/runners/prepare.ts',
    testTimeout: 60_000,
  },
};

/** The tests in virtual time of what is mutated: each runs once for each mutant that it reaches, so none may wait. */
const mutation = (): TestProjectInlineConfiguration => ({
  plugins: [mutants()],
  test: {
    name: 'mutation',
    // One that acts while files are loaded is active from the beginning.
    ...(process.env.__STRYKER_ACTIVE_MUTANT__ ? { bail: 1 } : { runner: fromRoot('test/mutation/runner.ts') }),
    include: [
      'test/{operators,protocol,rx,page,logging,metrics,otel,sessions,connection,testing}/*.test.ts',
      'test/package/bad-arguments.test.ts',
    ],
    // These run a second copy of the source, plant faults of their own, or search at random.
    exclude: [
      'test/**/*{model,property,planted}*.test.ts',
      'test/rx/{release,two-copies}.test.ts',
      'test/testing/fake-time.test.ts',
    ],
    isolate: false,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 2000,
    execArgv: ['--experimental-websocket'],
  },
});

const projects = [
  node,
  onNode('22'),
  onNode('24'),
  onRxjs('7.8.0', 'low'),
  onRxjs('7.8.1', 'high'),
  onRxjs('7.8.2'),
  onAngular('20'),
  onAngular('22'),
  tarball,
  consumers,
  servers,
  platforms,
  otherBrowser('firefox', firefoxProvider),
  otherBrowser('webkit', webkitProvider),
  fuzz,
  faults,
  reliability,
  terminal,
  dashboard,
  ingest,
  exchange,
  runners,
];

export default defineConfig({
  test: {
    // Without Chromium a run of the others shall not ask for it.
    projects: process.env.MUTATION_SHARD ? [mutation()] : hasChromium ? [...projects, chromium] : projects,
    ...(process.env.MUTATION_SHARD && { sequence: { sequencer: SmallFirst } }),
    // Of Node and Chromium together.
    coverage: {
      include: ['src/**/*.ts', 'operators/**/*.ts'],
      // Tested where this does not see it: the command, in processes of its own.
      exclude: ['src/cli/**', 'test/**'],
      thresholds: { branches: 99 },
    },
  },
});
