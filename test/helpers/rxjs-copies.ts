import { createRequire } from 'node:module';
import type * as Rxjs from 'rxjs';
import type * as RxjsTesting from 'rxjs/testing';

const require = createRequire(import.meta.url);

/** The releases of RxJS that are supported, each installed under a name of its own. */
export const RELEASES = ['7.8.0', '7.8.1', '7.8.2'];

/** A copy of RxJS, by the name that it is installed under. */
export interface RxjsCopy {
  readonly version: string;
  readonly rxjs: typeof Rxjs;
  readonly testing: typeof RxjsTesting;
}

/** Past the aliases of a vitest project, which lead `rxjs` to one of the copies. */
export function rxjsCopy(name: string): RxjsCopy {
  const { version } = require(`${name}/package.json`) as { version: string };
  return {
    version,
    rxjs: require(name) as typeof Rxjs,
    testing: require(`${name}/testing`) as typeof RxjsTesting,
  };
}
