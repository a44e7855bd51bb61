import ts from 'typescript';
import { ROOT } from './pages.js';

const PATHS = {
  rxwire: ['./src/index.node.ts'],
  'rxwire/operators': ['./operators/index.ts'],
  'rxwire/testing': ['./src/testing/index.ts'],
  'rxwire/node': ['./src/transport/node.ts'],
  'rxwire/angular': ['./src/angular/index.ts'],
  'rxwire/metrics': ['./src/metrics/index.ts'],
  'rxwire/otel': ['./src/otel/index.ts'],
};

/** Compiles modules in memory, as if they were in the folder of this file. @returns a line for each problem */
export function problemsOf(modules: readonly string[]): string[] {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      module: 'ESNext',
      moduleResolution: 'Bundler',
      noUnusedLocals: false,
      paths: PATHS,
    },
    ROOT,
  );
  const files = new Map(modules.map((code, n) => [`${ROOT}test/readme/block-${n}.ts`, `${code}\nexport {};`]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, language) =>
    files.has(name) ? ts.createSourceFile(name, files.get(name)!, language) : getSourceFile(name, language);
  const program = ts.createProgram([...files.keys(), `${ROOT}test/readme/globals.d.ts`], options, host);

  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, ' ');
    const code = file && files.get(file.fileName);
    return `${text} in: ${code?.slice(start, code.indexOf('\n', start)) ?? file?.fileName}`;
  });
}
