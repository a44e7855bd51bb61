import * as rxjs from 'rxjs';
import ts from 'typescript';
import * as rxwire from '../../src/index.node.js';
import { blocksIn } from './pages.js';

type AsyncFunctionClass = new (...names: string[]) => (...values: unknown[]) => Promise<Record<string, unknown>>;
const AsyncFunction = (async () => {}).constructor as AsyncFunctionClass;

/** The block of a page that has this part. */
export function blockOf(page: string, part: string): string {
  const block = blocksIn('ts').find((other) => other.page === page && other.code.includes(part));
  if (!block) throw new Error(`Expected a block of ${page} with: ${part}`);
  return block.code;
}

/** What a block is run with. */
export interface BlockOptions {
  /** Variables that it has not declared, beside the functions of RxJS and of the package. */
  readonly globals?: Readonly<Record<string, unknown>>;
  /** What it imports, beside `rxjs` and `rxwire`. */
  readonly modules?: Readonly<Record<string, unknown>>;
  /** The variables of the block that are returned. */
  readonly returned?: readonly string[];
}

const HANDLERS = { handleError: () => undefined, handleMessage: () => undefined };

/** Runs a block of a page unchanged. Up to its first `await` it has run when this returns. */
export function runBlock(code: string, { globals = {}, modules = {}, returned = [] }: BlockOptions = {}) {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const declared = new Set(Array.from(code.matchAll(/\b(?:const|let|function) (\w+)/g), ([, name]) => name!));
  const variables = Object.entries({ ...rxjs, ...rxwire, ...HANDLERS, ...globals }).filter(
    ([name]) => !declared.has(name),
  );
  const all: Readonly<Record<string, unknown>> = { rxjs, rxwire, 'rxwire/operators': rxwire, ...modules };
  const names = ['require', 'exports', ...variables.map(([name]) => name)];
  const values = [(name: string) => all[name], {}, ...variables.map(([, value]) => value)];

  return new AsyncFunction(...names, `${outputText}\nreturn { ${returned.join(', ')} };`)(...values);
}

/** `observeWebSocket` that connects by another transport, whatever the block says. */
export const observeBy =
  (transport: rxwire.Transport) =>
  (config: string | rxwire.WebSocketConfig, ...supervision: rxwire.Supervision[]) =>
    rxwire.observeWebSocket<unknown>(
      { ...(typeof config === 'string' ? { url: config } : config), transport },
      ...supervision,
    );
