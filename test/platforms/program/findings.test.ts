/* The program inside a runner's test, which writes its findings to a file. */

import { writeFileSync } from 'node:fs';
import { nativeTransport } from 'rxwire';
import { runProgram } from './program.js';

declare const test: (name: string, fact: () => Promise<void>, timeout: number) => void;

const { PEER = '', FINDINGS = '', TRANSPORT } = process.env;

test('the program', async () => {
  const findings = await runProgram(PEER, TRANSPORT === 'native' ? nativeTransport() : undefined);
  writeFileSync(FINDINGS, JSON.stringify(findings));
}, 60_000);
