import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as rxjs from 'rxjs';
import * as rxjsTesting from 'rxjs/testing';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as rxwire from '../../src/index.node.js';
import * as testing from '../../src/testing/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = Array.from(readme.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code!);

/** Compiles modules that exist in memory alone, in the folder of this test. */
function problemsOf(sources: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      module: 'ESNext',
      moduleResolution: 'Bundler',
      noUnusedLocals: false,
      paths: {
        rxwire: ['./src/index.node.ts'],
        'rxwire/operators': ['./operators/index.ts'],
        'rxwire/testing': ['./src/testing/index.ts'],
        'rxwire/angular': ['./src/angular/index.ts'],
      },
    },
    root,
  );
  const files = new Map(sources.map((source, index) => [join(root, `test/readme/block-${index}.ts`), source]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, language) =>
    files.has(name) ? ts.createSourceFile(name, files.get(name)!, language) : getSourceFile(name, language);
  const program = ts.createProgram([...files.keys(), join(root, 'test/readme/globals.d.ts')], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, ' ');
    const code = file && files.get(file.fileName);
    return `${text} in: ${code?.slice(start, code.indexOf('\n', start)) ?? file?.fileName}`;
  });
}

describe('the README', { timeout: 60_000 }, () => {
  it('has code blocks that compile', () => {
    expect(blocks).toHaveLength(readme.match(/^```ts$/gm)!.length);

    expect(problemsOf(blocks.map((code) => `${code}\nexport {};`))).toEqual([]);
  });

  it('would not pass with a block that does not compile', () => {
    expect(problemsOf(['heartbeat({ every: 5 });\nexport {};'])).toHaveLength(1);
  });

  it('has a marble test that passes', () => {
    const code = blocks.find((block) => block.includes('scriptedServer(cold,'))!;
    const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    const modules: Record<string, unknown> = { rxwire, 'rxwire/testing': testing, 'rxjs/testing': rxjsTesting };
    let assertions = 0;
    const counting = (...args: [unknown]) => (assertions++, expect(...args));
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- to run what the README says, and nothing else
    const run = new Function('require', 'exports', 'expect', 'take', 'stopOnFatalClose', outputText) as (
      ...globals: unknown[]
    ) => void;

    run((name: string) => modules[name], {}, counting, rxjs.take, rxwire.stopOnFatalClose);

    expect(assertions).toBe(2);
  });

  it('links to files and headings that exist', () => {
    const links = Array.from(readme.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!);
    const anchors = Array.from(
      readme.matchAll(/^#+ (.*)$/gm),
      ([, title]) =>
        `#${title!
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-')}`,
    );

    const broken = links.filter((link) =>
      link.startsWith('#') ? !anchors.includes(link) : !link.startsWith('http') && !existsSync(join(root, link)),
    );

    expect(broken).toEqual([]);
  });
});
