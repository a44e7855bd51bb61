#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { json, loadAdapter, markdown, overview, runAll, scenarios, settings } from './index.mjs';

const USAGE = `Usage: websocket-reconnect-conformance [options] ADAPTER...

ADAPTER is a module, or one of this package: rxwire, rxjs, reconnecting-websocket,
partysocket, rews, graphql-ws, python-websockets.

  --long             also what takes half a minute
  --only ID          this scenario alone; may be given several times
  --at-once N        how many scenarios run at the same time (6)
  --json FILE        writes everything that was measured
  --markdown FILE    writes the tables; FILE may have <!-- measured --> and <!-- /measured -->
  --strict           what is found may not differ from what the adapter declares, nor be declared at all
  --list             lists the scenarios

Exit status: 0 if each client did what its adapter declares, 1 if not, 2 for a wrong argument.`;

const options = {
  long: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  'at-once': { type: 'string', default: '6' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  strict: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

function argumentsOf() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Writes the tables, between the marks of a page that has them. */
async function writePage(file, tables) {
  const old = await readFile(file, 'utf8').catch(() => '');
  const [, before, behind] = /^([^]*<!-- measured -->\n)[^]*(<!-- \/measured -->[^]*)$/.exec(old) ?? ['', '', ''];
  await writeFile(file, before ? `${before}\n${tables}\n\n${behind}` : tables);
}

const { values, positionals } = argumentsOf();
if (values.help) console.log(USAGE);
if (values.list) for (const { id, group, title } of scenarios) console.log(`${id.padEnd(24)} ${group}: ${title}`);
if (values.help || values.list) process.exit(0);

const chosen = scenarios.filter(({ id, isLong }) => (values.only ? values.only.includes(id) : values.long || !isLong));
if (positionals.length === 0 || chosen.length === 0) {
  console.error(USAGE);
  process.exit(2);
}

const results = [];
const adapters = [];
for (const nameOrPath of positionals) {
  const adapter = await loadAdapter(nameOrPath).catch((error) => {
    console.error(`${nameOrPath}: ${error.message}`);
    process.exit(2);
  });
  adapters.push(adapter);
  const start = performance.now();
  results.push(...(await runAll(adapter, chosen, { atOnce: Number(values['at-once']) })));
  console.error(`${adapter.name}: ${chosen.length} scenarios in ${Math.round((performance.now() - start) / 1000)} s`);
}

const page = [settings(adapters), overview(results), markdown(results)].join('\n\n');
if (values.markdown) await writePage(values.markdown, page);
else console.log(markdown(results));
if (values.json) await writeFile(values.json, json(results));

const faults = results.flatMap(({ client, scenario, findings, surprises }) =>
  (values.strict ? findings : surprises).map((what) => `${client}, ${scenario.id}: ${what}`),
);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
