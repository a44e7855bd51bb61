import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The releases of RxJS that are supported, each installed under a name of its own. */
export const RELEASES = ['7.8.0', '7.8.1', '7.8.2'];

/** A copy of RxJS, by the name that it is installed under. */
export interface RxjsCopy {
  readonly version: string;
  readonly rxjs: typeof import('rxjs');
  readonly testing: typeof import('rxjs/testing');
}

/** Past the aliases of a vitest project, which lead `rxjs` to one of the copies. */
export function rxjsCopy(name: string): RxjsCopy {
  const { version } = require(`${name}/package.json`) as { version: string };
  return {
    version,
    rxjs: require(name) as typeof import('rxjs'),
    testing: require(`${name}/testing`) as typeof import('rxjs/testing'),
  };
}
