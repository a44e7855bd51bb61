import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { build } from './built-app.js';
import { place } from './place.js';

/** NestJS's defaults, and those of many others. */
const TSCONFIG = { target: 'ES2022', module: 'commonjs', moduleResolution: 'node10', strict: true, types: ['jest'] };

const SPEC = `
import { observeWebSocket } from 'rxwire';
import { retryWithBackoff } from 'rxwire/operators';
import { coldOn, scriptedServer } from 'rxwire/testing';
import { take } from 'rxjs';

it('reconnects', (done) => {
  const server = scriptedServer(coldOn(), ['o#', 'o 5ms a']);
  const supervision = [retryWithBackoff({ initialDelay: 1 })];
  const feed = observeWebSocket<string>({ url: 'ws://test', transport: server.transport }, ...supervision);
  feed.messages.pipe(take(1)).subscribe({
    next: (message) => expect(message).toBe('a'),
    complete: done,
    error: done,
  });
});
`;

it('ts-jest on CommonJS with node10 resolution finds and types every subpath', async () => {
  const folder = await place('jest');
  const files = {
    'tsconfig.json': JSON.stringify({ compilerOptions: TSCONFIG }),
    'jest.config.json': JSON.stringify({ preset: 'ts-jest', testEnvironment: 'node', rootDir: 'out' }),
    'out/feed.spec.ts': SPEC,
  };
  await mkdir(join(folder, 'out'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);

  const run = () => build(folder, 'jest --watchman=false --no-cache --config jest.config.json');

  expect(await run()).toContain('1 passed');

  // Types come from the same place: with what lets old resolvers find a subpath gone, it does not compile.
  await rm(join(folder, 'node_modules/rxwire/operators'), { recursive: true });
  await expect(run()).rejects.toThrow("Cannot find module 'rxwire/operators'");
});
