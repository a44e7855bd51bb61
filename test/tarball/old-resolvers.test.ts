import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { install } from './installed.js';
import type { Installed } from './installed.js';

interface Manifest {
  readonly main: string;
  readonly module: string;
  readonly types: string;
  readonly browser?: Readonly<Record<string, string>>;
}

let user: Installed;
const SUBPATHS = Object.keys(manifest.exports).filter((path) => path !== './package.json');

beforeAll(async () => {
  user = await install();
  await user.borrow(
    'prom-client',
    'tdigest',
    'bintrees',
    '@opentelemetry/api',
    '@types/ws',
    '@types/node',
    'undici-types',
  );
});

afterAll(() => user.remove());

/** What a resolver reads that knows no `exports`: the manifest in the folder of that name. */
async function manifestOf(subpath: string): Promise<Manifest & { readonly folder: string }> {
  const folder = join(user.folder, 'node_modules/rxwire', subpath);
  return { folder, ...(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest) };
}

/** The path below `dist`. */
const short = (path: string) => path.replace(/^.*\/dist\//, '');

describe.each(SUBPATHS)('Without exports, %s', (subpath) => {
  const name = subpath.slice(2) || 'index.node';

  it('leads to the same files as with them', async () => {
    const { main, module, types, folder } = await manifestOf(subpath);

    expect([main, module].map(short)).toEqual([`${name}.cjs`, `${name}.js`]);
    expect(short(types)).toBe(`${name.replace('.node', '')}.d.ts`);
    for (const path of [main, module, types]) await expect(readFile(join(folder, path), 'utf8')).resolves.not.toBe('');
  });
});

// Angular is not installed here.
describe.each(SUBPATHS.filter((path) => path !== './angular'))('The folder of %s', (subpath) => {
  // A path that is no specifier is resolved without `exports`.
  it('is what the specifier is', async () => {
    const { folder } = await manifestOf(subpath);

    const printed = await user.node(
      `const byFolder = require(${JSON.stringify(folder)});
       console.log(byFolder === require(${JSON.stringify(join('rxwire', subpath))}), Object.keys(byFolder).length > 0)`,
      '--input-type=commonjs',
    );

    expect(printed.trim()).toBe('true true');
  });
});

describe('Without exports, the package alone', () => {
  it('is the build on ws, and the native one by the browser field', async () => {
    const { main, module, browser } = await manifestOf('.');

    expect([browser?.[module], browser?.[main]].map((path) => short(path!))).toEqual(['index.js', 'index.cjs']);
  });
});

describe('TypeScript with node10 resolution', () => {
  it('finds every subpath, and checks what it finds', async () => {
    const imports = SUBPATHS.filter((path) => path !== './angular').map(
      (path, n) => `import * as entry${n} from '${join('rxwire', path)}'; void entry${n};`,
    );
    const misuse = `
      import { observeWebSocket } from 'rxwire';
      import { heartbeat, retryWithBackoff } from 'rxwire/operators';
      const supervision = [heartbeat(), retryWithBackoff()];
      const feed = observeWebSocket<{ price: number }>('wss://x', ...supervision);
      // @ts-expect-error -- not any
      const price: string = feed;
      void price;`;

    await user.compile(
      { 'consumer.ts': `${imports.join('\n')}\n${misuse}\nexport {};` },
      { module: 'commonjs', moduleResolution: 'node10', lib: ['ES2022', 'DOM'], types: ['node'] },
    );
  });
});
