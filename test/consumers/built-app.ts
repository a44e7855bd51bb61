import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

/** Builds by a shell command. Resolves to everything that it printed; rejects with that if it fails. */
export function build(cwd: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = `${join(cwd, 'node_modules', '.bin')}:${process.env.PATH}`;
    const env = {
      ...process.env,
      PATH: path,
      NODE_ENV: undefined,
      VITEST: undefined,
      NEXT_TELEMETRY_DISABLED: '1',
      NO_COLOR: '1',
    };
    const child = spawn('sh', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const output of [child.stdout, child.stderr])
      output.on('data', (text: Buffer) => (printed += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${command} failed with ${code}:\n${printed}`));
    });
  });
}

/** The lines in which a bundler complains. */
export const complaintsIn = (printed: string): readonly string[] =>
  printed.split('\n').filter((line) => /warn|\(!\)|error|deprecat/i.test(line));

/** The scripts that a build has written into a folder: one that a part of its name is given of, else all. */
export async function scriptsIn(folder: string, part = '.js'): Promise<string> {
  const paths = (await readdir(folder, { recursive: true })).filter(
    (path) => path.endsWith('.js') && path.includes(part),
  );
  if (paths.length === 0) throw new Error(`Expected scripts in ${folder}.`);
  return (await Promise.all(paths.sort().map((path) => readFile(join(folder, path), 'utf8')))).join('\n');
}

export const gzipped = (code: string): number => gzipSync(code, { level: 9 }).length;

/** What only `ws` and modules of Node say. */
export const ofNode = (code: string): readonly string[] => [
  ...new Set(code.match(/permessage-deflate|sec-websocket-\w+|WS_ERR_\w+|require\(["'](?:node:|net|tls|http)\b/gi)),
];

/** Runs the code of a page without a browser. Resolves to the URL of the first native WebSocket that it makes. */
export function dialledBy(code: string): Promise<string> {
  return new Promise((resolve) => {
    class WebSocket {
      constructor(url: string | URL) {
        resolve(String(url));
      }
      addEventListener() {}
      close() {}
    }
    const link = { relList: { supports: () => true } };
    const page: Record<string, unknown> = {
      WebSocket,
      URL,
      console: { ...console, log: () => undefined },
      TextEncoder,
      queueMicrotask,
      document: { createElement: () => link, querySelectorAll: () => [], addEventListener() {}, currentScript: null },
      navigator: {},
      addEventListener() {},
      setTimeout: () => 0,
      clearTimeout() {},
      setInterval: () => 0,
      clearInterval() {},
    };
    for (const self of ['window', 'self', 'global']) page[self] = page;
    runInContext(code, createContext(page));
  });
}
