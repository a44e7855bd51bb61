// Runs the program in the sandbox of Next's Edge runtime. Arguments: its script, and the server's URL.
import { readFile } from 'node:fs/promises';
import { EdgeRuntime } from 'edge-runtime';

const [script, peer] = process.argv.slice(2);
const runtime = new EdgeRuntime();
runtime.evaluate(await readFile(script, 'utf8'));
const findings = await runtime.evaluate(`runProgram(${JSON.stringify(peer)})`);
// Silent peers would keep the process.
process.stdout.write(JSON.stringify(findings), () => process.exit());
