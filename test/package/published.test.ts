import { describe, expect, it } from 'vitest';
import { withAbsoluteLinks, withNamesInScope, withWorkingLinks } from '../../.ci/package/links.mjs';
import { locationOf, placeholdersIn, publishedManifest, stubsOf } from '../../.ci/package/manifest.mjs';
import manifest from '../../package.json' with { type: 'json' };

const location = { pages: 'https://host.example/pages/', images: 'https://host.example/images/' };

describe('The published manifest', () => {
  it('has nothing that only a checkout needs', () => {
    const fields = Object.keys(publishedManifest(manifest));

    expect(fields).toEqual(expect.arrayContaining(['name', 'version', 'exports', 'dependencies', 'peerDependencies']));
    expect(Object.keys(manifest).filter((field) => !fields.includes(field))).toEqual([
      'scripts',
      'devDependencies',
      'overrides',
      'size-limit',
    ]);
  });

  it('asks for a ws above the versions with advisories', () => {
    const [, major, minor] = /^\^(\d+)\.(\d+)/.exec(manifest.dependencies.ws)!.map(Number);

    expect([major, minor]).toEqual([8, expect.any(Number)]);
    expect(minor).toBeGreaterThanOrEqual(21); // 8.20.1: memory disclosure in close; 8.21: tiny fragments
  });

  it('comes with one for each subpath, for resolvers that do not know exports', () => {
    const subpaths = Object.keys(manifest.exports).filter((path) => path !== '.' && path !== './package.json');

    expect(Object.keys(stubsOf(manifest))).toEqual(subpaths.map((path) => `${path.slice(2)}/package.json`));
    expect(stubsOf(manifest)['operators/package.json']).toEqual({
      main: '../dist/operators.cjs',
      module: '../dist/operators.js',
      types: '../dist/operators.d.ts',
      sideEffects: false,
    });
  });
});

describe('The addresses of the package', () => {
  // Remove the three names here when they are set.
  it('are placeholders', () => {
    expect(placeholdersIn(manifest)).toEqual(['homepage', 'repository', 'bugs']);
  });

  it('are placeholders while they are missing or belong to nobody', () => {
    const set = {
      homepage: 'https://a.example',
      repository: { url: 'git+https://a.example/a.git' },
      bugs: 'https://a.example',
    };

    expect(placeholdersIn(set)).toEqual([]);
    expect(placeholdersIn({ ...set, homepage: undefined })).toEqual(['homepage']);
    expect(placeholdersIn({ ...set, repository: { url: 'git+https://a.invalid/a.git' } })).toEqual(['repository']);
  });

  it('lead to the files of the version, in a repository on GitHub', () => {
    const repository = 'https://github.com/owner/rxwire';
    const files = { pages: `${repository}/blob/v1.2.3/`, images: `${repository}/raw/v1.2.3/` };

    expect(locationOf({ homepage: `${repository}#readme`, version: '1.2.3' })).toEqual(files);
    expect(locationOf({ homepage: `${repository}/`, version: '1.2.3' })).toEqual(files);
  });

  it('lead to files below any other homepage, and nowhere while that is a placeholder', () => {
    const site = 'https://owner.example/rxwire/';

    expect(locationOf({ homepage: 'https://owner.example/rxwire', version: '1.2.3' })).toEqual({
      pages: site,
      images: site,
    });
    expect(locationOf({ homepage: 'https://rxwire.invalid', version: '1.2.3' })).toBeUndefined();
    expect(locationOf({ version: '1.2.3' })).toBeUndefined();
  });
});

describe('Links to files', () => {
  it.each([
    ['[auth](docs/auth.md)', '[auth](https://host.example/pages/docs/auth.md)'],
    ['[`a()`](./docs/a.md#b)', '[`a()`](https://host.example/pages/docs/a.md#b)'],
    ['![page](docs/images/a.png)', '![page](https://host.example/images/docs/images/a.png)'],
    ['[![a](b.png)](c.md)', '[![a](https://host.example/images/b.png)](https://host.example/pages/c.md)'],
    ['[MIT](LICENSE) · [b](B.md)', '[MIT](https://host.example/pages/LICENSE) · [b](https://host.example/pages/B.md)'],
    ['[here](#test-your-code)', '[here](#test-your-code)'],
    ['[ws](https://a.example/ws)', '[ws](https://a.example/ws)'],
    ['[Symbol.asyncIterator](): void', '[Symbol.asyncIterator](): void'],
  ])('of a page are absolute: %s', (link, absolute) => {
    expect(withAbsoluteLinks(link, location)).toBe(absolute);
    expect(withAbsoluteLinks(link, undefined)).toBe(link);
  });

  const comment =
    '/**\n * Does [this](../docs/a.md).\n *\n * @see [drawn](../docs/operators.md#a)\n * @see {@link b}\n */\n';

  it('of typings are absolute', () => {
    expect(withWorkingLinks(comment, location)).toBe(
      comment.replaceAll('../docs/', 'https://host.example/pages/docs/'),
    );
  });

  it('of typings are left out where they would lead nowhere', () => {
    expect(withWorkingLinks(comment, undefined)).toBe('/**\n * Does this.\n *\n * @see {@link b}\n */\n');
  });
});

describe('Links to names, of typings', () => {
  const entries = [
    ['operators', 'export { a as heartbeat };'],
    ['index', '/** Not mergeMap. */ export { heartbeat, online };'],
  ] as const;
  const linking = (name: string) => `/** {@link ${name}} */\ndeclare function visible(): void;\n`;

  it('import what is not in scope, from the first entry that exports it', () => {
    expect(withNamesInScope(linking('heartbeat'), entries, 'js')).toBe(
      `${linking('heartbeat')}import type { heartbeat } from './operators.js';\n`,
    );
    expect(withNamesInScope(linking('online'), entries, 'cjs')).toBe(
      `${linking('online')}import type { online } from './index.cjs';\n`,
    );
  });

  it('import nothing that is in scope', () => {
    expect(withNamesInScope(linking('visible'), entries, 'js')).toBe(linking('visible'));
    expect(withNamesInScope(linking('https://a.example'), entries, 'js')).toBe(linking('https://a.example'));
  });

  it('fail where no entry exports the name', () => {
    expect(() => withNamesInScope(linking('mergeMap'), entries, 'js')).toThrow('No entry exports mergeMap');
  });
});
