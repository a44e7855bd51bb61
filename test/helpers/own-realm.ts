import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What the library exports, loaded in another realm. */
export type Library = typeof import('../../src/index.js') & typeof import('../../src/testing/index.js');

/** A realm with the library in it, and the tests that users have there. */
export interface OwnRealm {
  readonly library: Library;
  /** Its promises are made by this. */
  readonly Promise: PromiseConstructor;
  readonly facts: readonly [name: string, fact: () => void | Promise<void>][];
}

/**
 * Loads the library for browsers, rxjs and users' tests in a realm of its own, with the least that a platform has: no
 * TextEncoder and no `performance`.
 *
 * @param first a module that is loaded before all others
 * @param isLowered whether `async` and `await` are turned into promises, as Angular does for zone.js
 */
export async function ownRealm({ first = '', isLowered = false } = {}): Promise<OwnRealm> {
  const contents = `
    ${first && `import '${first}';`}
    import * as rxwire from 'rxwire';
    import * as testing from 'rxwire/testing';
    Object.assign(globalThis, { library: { ...rxwire, ...testing }, Promise });
    import './facts.test';
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fromRoot('test/platforms/program') },
    ...{ bundle: true, write: false, format: 'iife', target: 'es2022', tsconfigRaw: {}, logLevel: 'warning' },
    supported: { 'async-await': !isLowered },
    alias: { rxwire: fromRoot('src/index.ts'), 'rxwire/testing': fromRoot('src/testing/index.ts') },
  });
  const facts: [string, () => void | Promise<void>][] = [];
  const globals = { setTimeout, clearTimeout, setInterval, clearInterval, URL, Buffer, console };
  const realm = createContext({ ...globals, test: (...fact: (typeof facts)[number]) => facts.push(fact) });
  runInContext(outputFiles[0]!.text, realm);
  return { ...(realm as Pick<OwnRealm, 'library' | 'Promise'>), facts };
}
