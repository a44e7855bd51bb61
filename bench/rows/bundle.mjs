import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { measureOnce } from '../processes.mjs';
import { most } from '../verdict.mjs';

const contestants = {
  observeWebSocket: `export { observeWebSocket } from '../dist/index.js';`,
  "README's example": `
    export { observeWebSocket } from '../dist/index.js';
    export { bufferCountOrTime, heartbeat, retryWithBackoff, stopOnFatalClose } from '../dist/operators.js';`,
  'reconnecting-websocket': `export { default } from 'reconnecting-websocket';`,
  partysocket: `export { default } from 'partysocket/ws';`,
  'rxjs-websockets': `export { default } from 'rxjs-websockets';`,
  '@nktkas/rews': `export { ReconnectingWebSocket } from '@nktkas/rews';`,
};

/** The size of a module. Its imports of rxjs are external, but their statements count. */
async function sizeOf(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    platform: 'browser',
    format: 'esm',
    external: ['rxjs'],
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

export default {
  name: 'bundle',
  title: 'What a browser loads, minified and gzipped, rxjs excluded',
  unit: 'bytes',
  bars: [most('observeWebSocket', 7 * 1024), most("README's example", 10 * 1024)],
  measure: async () => ({
    samples: await measureOnce(Object.keys(contestants), (name) => sizeOf(contestants[name])),
  }),
};
