import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom, map, ReplaySubject, skip, take, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { build } from 'tsup';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the command from the current sources, in a folder with the layout of the package. */
export function builtCommand(): { readonly path: string; readonly demo: string } {
  const built = { path: '', demo: '' };
  let folder: string;

  beforeAll(async () => {
    // Below node_modules, so that its imports resolve.
    await mkdir(`${ROOT}node_modules/.cache`, { recursive: true });
    folder = await mkdtemp(`${ROOT}node_modules/.cache/rxwire-command-`);
    await Promise.all([
      build({
        config: false,
        silent: true,
        entry: { cli: `${ROOT}src/cli/main.ts` },
        outDir: `${folder}/dist`,
        format: ['esm'],
        target: 'es2022',
      }),
      cp(`${ROOT}package.json`, `${folder}/package.json`),
      cp(`${ROOT}examples/demo`, `${folder}/examples/demo`, { recursive: true }),
    ]);
    built.path = `${folder}/dist/cli.js`;
    built.demo = `${folder}/examples/demo/main.mjs`;
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true }));

  return built;
}

/** Reads a stream to its end. */
export async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}

/** How a program runs. */
export interface RunningOptions {
  /** Whether stdout is read; if not, the test reads `stdout` itself. */
  readonly reading?: boolean;
  /** Variables of the environment, beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running program. It is killed when the test ends. */
export class Running {
  readonly #process;
  readonly #printed: Observable<string>;
  readonly #logged: Observable<string>;
  /** The exit status, after all output has been read. */
  readonly exit: Promise<number | null>;

  constructor(program: string, args: readonly string[], { reading = true, env = {} }: RunningOptions = {}) {
    this.#process = spawn(program, args, { env: { PATH: process.env.PATH, ...env } });
    this.#printed = reading ? linesOf(this.#process.stdout) : new ReplaySubject();
    this.#logged = linesOf(this.#process.stderr);
    this.exit = new Promise((resolve) => this.#process.on('close', resolve));
    onTestFinished(() => void this.#process.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get stdin() {
    return this.#process.stdin;
  }

  get stdout() {
    return this.#process.stdout;
  }

  /** The peak of its resident memory in bytes, as Linux reports it. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
  }

  /** Waits for the first `count` lines of stdout. */
  printed(count: number): Promise<string[]> {
    return firstValueFrom(
      this.#printed.pipe(
        take(count),
        toArray(),
        filter(({ length }) => length === count),
      ),
    );
  }

  /** All lines of stdout. */
  output(): Promise<string[]> {
    return firstValueFrom(this.#printed.pipe(toArray()));
  }

  /** Waits for a line of stderr that begins with `start`: the first one, or the one after `nth` others. */
  logLine(start: string, nth = 0): Promise<string> {
    const matching = this.#logged.pipe(filter((line) => line.startsWith(start)));
    return firstValueFrom(matching.pipe(skip(nth)));
  }

  /** All lines of stderr but those of heartbeats, which begin at random, with one space between the columns. */
  logLines(): Promise<string[]> {
    return firstValueFrom(
      this.#logged.pipe(
        map((line) => line.replace(/^(\S+) +/, '$1 ')),
        filter((line) => !line.startsWith('heartbeat ')),
        toArray(),
      ),
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

/** Not by readline: from Node 24 on it breaks lines at U+2028 as well, which JSON may hold. */
function linesOf(stream: Readable): Observable<string> {
  const lines = new ReplaySubject<string>();
  let rest = '';
  stream
    .setEncoding('utf8')
    .on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop()!;
      for (const line of parts) lines.next(line);
    })
    .on('close', () => {
      if (rest) lines.next(rest);
      lines.complete();
    });
  return lines;
}
