import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { build } from './built-app.js';
import { place } from './place.js';

/** Every entry, and what of them asks most of a compiler. */
const CONSUMER = `
import { json, observeWebSocket } from 'rxwire';
import type { ConnectionState, LifecycleEvent, StandardSchema } from 'rxwire';
import { injectWebSocket } from 'rxwire/angular';
import { collectMetrics } from 'rxwire/metrics';
import { wsTransport } from 'rxwire/node';
import { bufferCountOrTime, heartbeat, onOpen, retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';
import * as otel from 'rxwire/otel';
import { coldOn, scriptedServer } from 'rxwire/testing';

interface Trade { price: number }
interface Command { op: 'subscribe' }

const supervision = [heartbeat(), stopOnFatalClose(), retryWithBackoff()];
const transport = wsTransport({ maxPayload: 1024 });
const feed = observeWebSocket<Trade, Command>(
  { url: 'wss://x', transport },
  ...supervision,
  onOpen((link) => link.send({ op: 'subscribe' })),
);
feed.lifecycle.subscribe((event: LifecycleEvent) => {
  if (event.type === 'close') feed.close(event.code);
});
feed.messages.pipe(bufferCountOrTime(100, 1000)).subscribe((trades: Trade[]) => trades.length);
feed.messages.next({ op: 'subscribe' });
// @ts-expect-error -- not a command
feed.messages.next({ op: 'unsubscribe' });
// @ts-expect-error -- not any
const price: string = feed;

declare const schema: StandardSchema<Trade>;
const checked = observeWebSocket({ url: 'wss://x', codec: json({ schema }) });
checked.messages.next({ any: 'command' });
checked.messages.subscribe(({ price }: Trade) => price);
// @ts-expect-error -- the schema makes trades
checked.messages.subscribe(({ price }: { price: string }) => price);

const state: ConnectionState = feed.state.value;
const disposable: AsyncDisposable = feed;
async function read(): Promise<void> {
  for await (const { price } of feed.messages) price.toFixed();
}
export { coldOn, collectMetrics, disposable, injectWebSocket, otel, price, read, scriptedServer, state };
`;

/** Angular is ESM alone, so a CommonJS module cannot import it. */
const WITHOUT_ANGULAR = CONSUMER.replace(/^import .*\/angular';\n/m, '').replace(' injectWebSocket,', '');

type Resolution = readonly [name: string, module: string, file: string];

/** The name of each module resolution, `module` beside it, and the file of the consumer. */
export const RESOLUTIONS: readonly Resolution[] = [
  ['node16', 'node16', 'consumer.mts'],
  ['node16, from CommonJS', 'node16', 'consumer.cts'],
  ['bundler', 'esnext', 'consumer.ts'],
  ['node10', 'commonjs', 'consumer.ts'],
];

/**
 * Compiles the consumer with a version of TypeScript, all options strict, libraries checked too.
 *
 * @returns the errors. Angular's own are left out: its typings want the TypeScript of its compiler, and no old resolution
 */
export async function errorsOf(version: string, [name, module, file]: Resolution) {
  const folder = await place('typescript');
  const project = join(folder, 'project');
  await mkdir(project);
  onTestFinished(() => rm(project, { recursive: true }));
  const [moduleResolution] = name.split(',');
  const compilerOptions = {
    ...{ module, moduleResolution, strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true },
    ...{ target: 'ES2022', lib: ['ES2022', 'DOM'], types: ['node'] },
  };
  await writeFile(join(project, file), file.endsWith('.cts') ? WITHOUT_ANGULAR : CONSUMER);
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));

  const tsc = join(folder, 'node_modules', `t${version.replace('.', '')}`, 'bin/tsc');
  const printed = await build(project, `node "${tsc}" -p . || true`);

  return printed.split('\n').filter((line) => line && !/^( |(\.\.\/)*node_modules\/@angular\/)/.test(line));
}
