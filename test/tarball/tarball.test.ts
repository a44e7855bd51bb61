import { writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { Running } from '../cli/command.js';
import { blocksIn } from '../readme/pages.js';
import { install } from './installed.js';
import type { Installed } from './installed.js';
import { METRICS, NODE, OPERATORS, OTEL, TESTING, VALUES } from '../package/public-names.js';

let user: Installed;

beforeAll(async () => {
  user = await install();
});

afterAll(() => user.remove());

const ESM = '--input-type=module';
const CJS = '--input-type=commonjs';

/** The short path of the file that a specifier resolves to. */
const short = (path: string) => path.trim().replace(/^.*\/rxwire\/dist\//, '');

/** Bundles a module, as a user would. */
async function bundle(contents: string, options: BuildOptions) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: user.folder },
    ...options,
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
    absWorkingDir: user.folder,
  });
  const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return { code: outputFiles[0]!.text, inputs: Object.keys(metafile.inputs), imports };
}

describe('The tarball', () => {
  it('holds the entries, the command and its manual page, their chunks and source maps, manifests for old resolvers, the readme, the changelog and the licence, and nothing else', () => {
    const entries = Object.keys(manifest.exports).filter((entry) => !entry.includes('.json'));
    const modules = [...entries.map((entry) => entry.slice(2) || 'index'), 'index.node'];
    const built = modules.flatMap((name) => ['js', 'cjs', 'd.ts', 'd.cts'].map((type) => `dist/${name}.${type}`));

    const stubs = modules.filter((name) => !name.startsWith('index')).map((name) => `${name}/package.json`);
    const others = ['dist/cli.js', 'dist/rxwire.1', 'CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];

    const unshared = user.files.filter(
      (path) =>
        !/^dist\/([a-z-]+-[\w-]{8}\.(js|cjs|d\.ts|d\.cts)|(operators|sessions|page|protocol|connection|transport|logging)\/[a-z0-9-]+\.js|.*\.map)$/.test(
          path,
        ),
    );

    expect(unshared).toEqual([...built, ...stubs, ...others].sort());
  });

  it('holds every file that the manifest refers to', () => {
    const named = JSON.stringify([
      manifest.main,
      manifest.module,
      manifest.types,
      manifest.browser,
      manifest.man,
      manifest.exports,
    ]);

    const missing = [...named.matchAll(/"\.\/([^"]+\.\w+)"/g)]
      .map(([, path]) => path!)
      .filter((path) => !user.files.includes(path));

    expect(missing).toEqual([]);
  });

  it('installs ws and nothing else beside the rxjs of its user, and runs no install script', () => {
    const paths = Object.keys(user.packages).sort();
    const scripted = paths.filter((path) => user.packages[path]!.hasInstallScript);

    expect(paths).toEqual(['rxjs', 'rxwire', 'tslib', 'ws'].map((name) => `node_modules/${name}`)); // tslib is a dependency of rxjs
    expect(scripted).toEqual([]);
  });

  it('has a command that prints its version', async () => {
    expect((await user.command('--version')).trim()).toBe(manifest.version);
  });
});

describe('In Node', () => {
  const entries = [
    ['rxwire', 'index.node', VALUES],
    ['rxwire/operators', 'operators', OPERATORS],
    ['rxwire/testing', 'testing', TESTING],
    ['rxwire/node', 'node', NODE],
  ] as const;

  it.each(entries)('an import of %s is %s.js', async (specifier, file, names) => {
    const printed = await user.node(
      `import * as all from '${specifier}';
       console.log(JSON.stringify([import.meta.resolve('${specifier}'), Object.keys(all).sort()]));`,
      ESM,
    );

    const [path, exported] = JSON.parse(printed) as [string, string[]];
    expect(short(path)).toBe(`${file}.js`);
    expect(exported).toEqual(names);
  });

  it.each(entries)('a require of %s is %s.cjs', async (specifier, file, names) => {
    const printed = await user.node(
      `const all = require('${specifier}');
       console.log(JSON.stringify([require.resolve('${specifier}'), Object.keys(all).sort()]));`,
      CJS,
    );

    const [path, exported] = JSON.parse(printed) as [string, string[]];
    expect(short(path)).toBe(`${file}.cjs`);
    expect(exported).toEqual(names);
  });

  it('rxwire/metrics works in both module systems, if prom-client is installed', async () => {
    await user.borrow('prom-client', 'tdigest', 'bintrees', '@opentelemetry/api');
    const names = 'console.log(Object.keys(all).join())';

    const esm = await user.node(`import * as all from 'rxwire/metrics'; ${names}`, ESM);
    const cjs = await user.node(`const all = require('rxwire/metrics'); ${names}`, CJS);

    expect([esm.trim(), cjs.trim()]).toEqual([METRICS.join(), METRICS.join()]);
  });

  it('rxwire/otel works in both module systems, if the API of OpenTelemetry is installed', async () => {
    await user.borrow('@opentelemetry/api');
    const names = 'console.log(Object.keys(all).join())';

    const esm = await user.node(`import * as all from 'rxwire/otel'; ${names}`, ESM);
    const cjs = await user.node(`const all = require('rxwire/otel'); ${names}`, CJS);

    expect([esm.trim(), cjs.trim()]).toEqual([OTEL.join(), OTEL.join()]);
  });

  it.each(['deno', 'bun', 'workerd', 'browser'])('the condition %s resolves to the native build', async (condition) => {
    const esm = await user.node(`console.log(import.meta.resolve('rxwire'))`, ESM, `--conditions=${condition}`);
    const cjs = await user.node(`console.log(require.resolve('rxwire'))`, CJS, `--conditions=${condition}`);

    expect([short(esm), short(cjs)]).toEqual(['index.js', 'index.cjs']);
  });

  it('one connection runs over ws, under either module system', async () => {
    const body = `
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      server.on('connection', (socket) => socket.on('message', (data) => socket.send(data.toString())));
      server.on('listening', () => {
        const feed = observeWebSocket('ws://127.0.0.1:' + server.address().port);
        feed.messages.next({ hello: 'world' });
        feed.messages.subscribe({
          next: (message) => { console.log(message.hello); feed.close(); },
          complete: () => server.close(),
        });
      });`;

    const esm = await user.node(
      `import { WebSocketServer } from 'ws'; import { observeWebSocket } from 'rxwire'; ${body}`,
      ESM,
    );
    const cjs = await user.node(
      `const { WebSocketServer } = require('ws'); const { observeWebSocket } = require('rxwire'); ${body}`,
      CJS,
    );

    expect([esm, cjs]).toEqual(['world\n', 'world\n']);
  });
});

describe('Between its entries', () => {
  /** A script that compares one refused connection across several entries. */
  const refusal = `
    const [main, operators, testing] = await Promise.all(
      ['rxwire', 'rxwire/operators', 'rxwire/testing'].map((entry) => load(entry)));
    const server = testing.scriptedServer(testing.coldOn(), ['o#']);
    const refused = testing.scriptedServer(testing.coldOn(), ['r'], { r: testing.refuseWith(403) });
    const connect = (transport, ...supervision) => new Promise((resolve) =>
      main.observeWebSocket({ url: 'ws://test', transport }, ...supervision).lifecycle.subscribe({ error: resolve }));
    const closed = await connect(server.transport);
    const stopped = await connect(refused.transport, operators.stopOnFatalClose());
    console.log(JSON.stringify([
      closed instanceof main.ConnectionClosedError, main.isConnectionClosedError(closed),
      stopped instanceof main.FatalCloseError, main.isFatalCloseError(stopped),
      stopped.cause instanceof main.HandshakeError, main.isHandshakeError(stopped.cause),
      OPERATORS.every((name) => main[name] === operators[name]),
    ]));`;
  const agreed = JSON.stringify(Array(7).fill(true));

  it('instanceof and the guards agree, in ESM', async () => {
    const printed = await user.node(
      `const OPERATORS = ${JSON.stringify(OPERATORS)}; const load = (entry) => import(entry); ${refusal}`,
      ESM,
    );

    expect(printed.trim()).toBe(agreed);
  });

  it('instanceof and the guards agree, in CJS', async () => {
    const printed = await user.node(
      `const OPERATORS = ${JSON.stringify(OPERATORS)}; const load = (entry) => require(entry);
       (async () => { ${refusal} })();`,
      CJS,
    );

    expect(printed.trim()).toBe(agreed);
  });

  it('a guard knows an error of the other module system, which instanceof does not', async () => {
    const printed = await user.node(
      `import { createRequire } from 'node:module';
       import * as esm from 'rxwire';
       const cjs = createRequire(process.cwd() + '/')('rxwire');
       const error = new cjs.HandshakeError('refused', { status: 401 });
       console.log(JSON.stringify([error instanceof esm.HandshakeError, esm.isHandshakeError(error), esm.isSetupError(error)]));`,
      ESM,
    );

    expect(printed.trim()).toBe('[false,true,false]');
  });
});

describe('In a bundle', () => {
  it('for browsers there is neither ws nor a module of Node', async () => {
    const { code, inputs, imports } = await bundle(`export { observeWebSocket } from 'rxwire'`, {
      platform: 'browser',
    });

    expect(inputs.filter((path) => /node_modules\/(?!(rxwire|rxjs|tslib)\/)/.test(path))).toEqual([]);
    expect(inputs.map(short)).toContain('index.js');
    expect(imports).toEqual([]);
    expect(code).not.toMatch(/node:|require\(/);
  });

  it('for Angular there is no ws', async () => {
    const { inputs, imports } = await bundle(`export * from 'rxwire/angular'`, {
      platform: 'browser',
      external: ['@angular/core', 'rxjs'],
    });

    expect(inputs.filter((path) => path.includes('node_modules/ws/'))).toEqual([]);
    expect([...new Set(imports)].sort()).toEqual(['@angular/core', 'rxjs']);
  });

  it('for Prometheus there is nothing but prom-client', async () => {
    const { inputs, imports } = await bundle(`export * from 'rxwire/metrics'`, {
      platform: 'node',
      external: ['prom-client', 'rxjs'],
    });

    expect(inputs.filter((path) => path.includes('node_modules/ws/'))).toEqual([]);
    expect([...new Set(imports)].sort()).toEqual(['prom-client', 'rxjs']);
  });

  it('for OpenTelemetry there is nothing but its API', async () => {
    const { inputs, imports } = await bundle(`export * from 'rxwire/otel'`, {
      platform: 'browser',
      external: ['@opentelemetry/api', 'rxjs'],
    });

    expect(inputs.filter((path) => path.includes('node_modules/'))).toEqual(
      inputs.filter((path) => path.includes('node_modules/rxwire/')),
    );
    expect([...new Set(imports)].sort()).toEqual(['@opentelemetry/api', 'rxjs']);
  });

  it('for Node there is ws', async () => {
    const { inputs } = await bundle(`export { observeWebSocket } from 'rxwire'`, { platform: 'node' });

    expect(inputs.map(short)).toContain('index.node.js');
    expect(inputs.some((path) => path.includes('node_modules/ws/'))).toBe(true);
  });

  it.each([[['deno']], [['bun']], [['workerd']], [['browser']], [[]]])(
    'the conditions %j resolve to the native build, also together with node',
    async (conditions) => {
      const beside = conditions.length > 0 ? ['node'] : [];

      const esm = await bundle(`export * from 'rxwire'`, {
        platform: 'neutral',
        conditions: [...conditions, ...beside],
        external: ['rxjs'],
      });
      const cjs = await bundle(`module.exports = require('rxwire')`, {
        platform: 'neutral',
        conditions: [...conditions, ...beside],
        external: ['rxjs'],
      });

      expect(esm.inputs.map(short)).toContain('index.js');
      expect(cjs.inputs.map(short)).toContain('index.cjs');
    },
  );

  it('a single operator does not include the connection', async () => {
    const { code } = await bundle(`export { bufferCountOrTime } from 'rxwire'`, {
      platform: 'browser',
      external: ['rxjs'],
    });

    expect(code).toContain('bufferCountOrTime');
    expect(code).not.toMatch(/connectTimeout|new WebSocket/);
  });
});

describe('Importing and constructing', () => {
  it('touch no global', async () => {
    const printed = await user.node(
      `import 'rxjs';
       const platform = ['WebSocket', 'WebSocketStream', 'CloseEvent', 'MessageEvent', 'Event', 'EventTarget',
         'addEventListener', 'removeEventListener', 'dispatchEvent', 'window', 'self', 'document', 'location', 'navigator',
         'localStorage', 'performance', 'fetch', 'crypto', 'process', 'Buffer', 'Blob', 'TextEncoder', 'TextDecoder',
         'ReadableStream', 'WritableStream', 'AbortController', 'AbortSignal', 'MessageChannel', 'FinalizationRegistry',
         'WeakRef', 'structuredClone', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval',
         'clearImmediate', 'queueMicrotask', 'requestAnimationFrame', 'cancelAnimationFrame', 'requestIdleCallback'];
       const { stdout } = process;
       const touched = [];
       for (const name of platform) {
         const { [name]: value } = globalThis;
         Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value; } });
       }
       const { bufferCountOrTime, completeOnClose, connectionPool, heartbeat, mergeMapBounded, multiplex, nativeTransport,
         observeWebSocket, online, onOpen, refreshOnUnauthorized, requestResponse, retryWithBackoff, stopOnFatalClose,
         visible, webSocketStreamTransport } = await import('rxwire');
       const { coldOn, scriptedServer } = await import('rxwire/testing');
       const imported = touched.splice(0);
       const supervision = [onOpen(() => {}), heartbeat(), refreshOnUnauthorized(() => []), stopOnFatalClose(),
         completeOnClose(), retryWithBackoff({ when: online() })];
       const feed = observeWebSocket('wss://x', ...supervision);
       for (const transport of [nativeTransport(), webSocketStreamTransport(), scriptedServer(coldOn(), ['o']).transport]) {
         observeWebSocket({ url: 'wss://x', transport }, ...supervision);
       }
       feed.messages.pipe(bufferCountOrTime(100, 1000), mergeMapBounded(() => [], { pausing: feed }));
       multiplex(feed, { keyOf: () => 1, subscribe: () => 1 });
       requestResponse(feed, { idOf: () => 1 });
       connectionPool({ create: () => feed, max: 1, keysPerConnection: 1 });
       visible();
       feed.state.value;
       const constructed = touched.splice(0);
       try { WebSocket } catch {}
       for (const name of platform) delete globalThis[name];
       stdout.write(JSON.stringify({ imported, constructed, witness: touched }));`,
      ESM,
      '--conditions=browser',
    );

    expect(JSON.parse(printed)).toEqual({ imported: [], constructed: [], witness: ['WebSocket'] });
  });
});

describe('A TypeScript user', () => {
  const source = `
    import { observeWebSocket } from 'rxwire';
    import type { ConnectionState, LifecycleEvent } from 'rxwire';
    import { bufferCountOrTime, heartbeat, retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';
    import { scriptedServer } from 'rxwire/testing';

    interface Trade { price: number }
    interface Command { op: 'subscribe' }

    const feed = observeWebSocket<Trade, Command>('wss://x', heartbeat(), stopOnFatalClose(), retryWithBackoff());
    feed.lifecycle.subscribe((event: LifecycleEvent) => { if (event.type === 'close') { const code: number = event.code; void code; } });
    feed.messages.pipe(bufferCountOrTime(100, 1000)).subscribe((trades: Trade[]) => { void trades; });
    feed.messages.next({ op: 'subscribe' });
    // @ts-expect-error -- not a command
    feed.messages.next({ op: 'unsubscribe' });
    // @ts-expect-error -- not any
    const price: string = feed;
    const state: ConnectionState = feed.state.value;
    const disposable: AsyncDisposable = feed;
    async function read(): Promise<void> { for await (const { price } of feed.messages) { const n: number = price; void n; } }
    export { scriptedServer, state, disposable, price, read };
  `;
  const browser = { lib: ['ES2022', 'DOM'], types: [] };

  it.each([
    ['node16', 'consumer.ts', { module: 'node16', moduleResolution: 'node16' }],
    ['node16, from CommonJS', 'consumer.cts', { module: 'node16', moduleResolution: 'node16' }],
    ['bundler', 'consumer.ts', { module: 'esnext', moduleResolution: 'bundler' }],
  ])(
    'compiles against it with nothing but rxjs, and checks libraries too: %s',
    async (_name, file, options) => {
      await user.compile({ [file]: source }, { ...browser, ...options });
    },
    60_000,
  );

  it('of the Node transport needs the types of ws and Node', async () => {
    const transport = `
      import { observeWebSocket } from 'rxwire';
      import { wsTransport } from 'rxwire/node';
      export const feed = observeWebSocket({ url: 'wss://x', transport: wsTransport({ maxPayload: 1024 }) });
      // @ts-expect-error -- not an option of ws
      wsTransport({ nonsense: true });
    `;
    await user.borrow('@types/ws', '@types/node', 'undici-types');

    await user.compile(
      { 'consumer.ts': transport },
      { lib: ['ES2022'], types: ['node'], module: 'node16', moduleResolution: 'node16' },
    );
  }, 60_000);
});

describe('A new user', () => {
  it('has a feed that reconnects and emits batches, from the first guide', async () => {
    const { code } = blocksIn('ts').find(({ page }) => page === 'docs/first-feed.md')!;
    const file = `${user.folder}/feed.mjs`;
    await writeFile(file, ts.transpile(code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }));

    const feed = new Running(process.execPath, [file]);

    expect(await feed.printed(1)).toEqual([
      '[{"symbol":"BTCEUR","price":1},{"symbol":"BTCEUR","price":2},{"symbol":"BTCEUR","price":1}]',
    ]);
    expect(await feed.logLine('reconnecting')).toBe('reconnecting');
    expect(await feed.logLine('open', 1)).toBe('open');
  });

  it('has a passing marble test, from the README', async () => {
    const { code } = blocksIn('ts').find(({ page, code }) => page === 'README.md' && code.includes('vitest'))!;

    await user.test(code);
    await expect(user.test(code.replace("'15ms x", "'16ms x"))).rejects.toThrow('1 failed');
  });
});
