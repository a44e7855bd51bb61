/* `node build.cjs OUT.js [exports]`: an app for React Native, resolved by `exports` if that is said. */
const { mkdirSync } = require('node:fs');
const Metro = require('metro');

const [, , out, by] = process.argv;

async function build() {
  const defaults = await Metro.loadConfig({ cwd: __dirname });
  const resolver = {
    ...defaults.resolver,
    unstable_enablePackageExports: by === 'exports',
    resolverMainFields: ['react-native', 'browser', 'main'],
  };
  mkdirSync('out', { recursive: true });
  await Metro.runBuild(
    { ...defaults, projectRoot: __dirname, watchFolders: [], cacheStores: [], resolver },
    { entry: 'app.js', platform: 'ios', dev: false, minify: true, out },
  );
}

build().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
