import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const SCREEN = new URL('../../examples/demo/screen.mjs', import.meta.url).href;

/** What the demo prints for an open connection. */
async function lineOn(isTerminal: boolean, env: Record<string, string>): Promise<string> {
  const program = `
    process.stdout.isTTY = ${isTerminal || 'undefined'};
    const { showLine } = await import(${JSON.stringify(SCREEN)});
    showLine('open', 'ws://127.0.0.1/');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
  return stdout;
}

const plain = '   open          ws://127.0.0.1/\n';

describe('the demo', () => {
  it('paints its words on a terminal, and keeps its columns', async () => {
    expect(await lineOn(true, { TERM: 'xterm' })).toBe(plain.replace('open', '\x1b[32mopen\x1b[39m'));
  });

  it.each([
    ['in a pipe', false, { TERM: 'xterm' }],
    ['in a pipe of CI', false, { TERM: 'xterm', CI: 'true' }],
    ['on a terminal where NO_COLOR asks for that', true, { TERM: 'xterm', NO_COLOR: '1' }],
    ['on a terminal that cannot', true, { TERM: 'dumb' }],
  ])('prints no escape code %s', async (_where, isTerminal, env) => {
    expect(await lineOn(isTerminal, env)).toBe(plain);
  });
});
