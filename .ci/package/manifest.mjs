/* What the published manifest has that this repository's has not, and the other way round. Functions of values. */

/** Top-level domains ending so belong to nobody, for good (RFC 2606). */
const PLACEHOLDER = /\.invalid\b/;

/** What only a checkout needs. */
const OURS = ['scripts', 'devDependencies', 'overrides', 'size-limit'];

const isPlaceholder = (value) => value === undefined || PLACEHOLDER.test(JSON.stringify(value));

/** The fields that have to be set before a release, and are not. */
export const placeholdersIn = (manifest) =>
  ['homepage', 'repository', 'bugs'].filter((field) => isPlaceholder(manifest[field]));

/**
 * A manifest for each subpath, by its path. Resolvers that do not know `exports` look for the folder.
 *
 * @example stubsOf(manifest)['operators/package.json'].main // '../dist/operators.cjs'
 */
export function stubsOf({ exports, sideEffects }) {
  const subpaths = Object.entries(exports).filter(([path]) => path !== '.' && !path.endsWith('.json'));
  return Object.fromEntries(
    subpaths.map(([path, { import: esm, require: cjs }]) => [
      `${path.slice(2)}/package.json`,
      // webpack 4 looks for `sideEffects` in the nearest manifest.
      { main: `.${cjs.default}`, module: `.${esm.default}`, types: `.${esm.types}`, sideEffects },
    ]),
  );
}

/** The manifest that users get. */
export function publishedManifest(manifest) {
  const theirs = Object.entries(manifest).filter(([field]) => !OURS.includes(field));
  return { ...Object.fromEntries(theirs), files: [...manifest.files, ...Object.keys(stubsOf(manifest))] };
}

/**
 * Where the files of this version can be read: in a GitHub repository at the version's tag, else below the homepage.
 *
 * @returns undefined while the homepage is a placeholder
 */
export function locationOf({ homepage, version }) {
  if (isPlaceholder(homepage)) return undefined;
  const page = homepage.replace(/#.*$/, '').replace(/\/*$/, '/');
  return /^https:\/\/github\.com\/[^/]+\/[^/]+\/$/.test(page)
    ? { pages: `${page}blob/v${version}/`, images: `${page}raw/v${version}/` }
    : { pages: page, images: page };
}
