/* `npm run ingest`: checks that no message is lost or duplicated while processes are killed. Exits with 0 if so. */

import { firstValueFrom, fromEvent, merge, takeUntil } from 'rxjs';
import { drill } from './drill.js';
import { startNats } from './nats-server.js';
import type { NatsServer } from './nats-server.js';
import { readSettings, USAGE } from './settings.js';
import type { Settings } from './settings.js';

try {
  const settings = readSettings(process.argv.slice(2));
  if (!settings) console.log(USAGE);
  else process.exit(await show(settings));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

async function show(settings: Settings): Promise<number> {
  const nats = await startNats();
  try {
    return await watch(settings, nats);
  } finally {
    await nats.stop();
  }
}

async function watch(settings: Settings, { port }: NatsServer): Promise<number> {
  const { messages, topics, seed } = settings;
  console.log(`${messages.toLocaleString('en')} messages in ${topics.toLocaleString('en')} topics, seed ${seed}`);

  const interrupted = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'));
  const running = (await drill(settings, port, (line) => console.log(line))).pipe(takeUntil(interrupted));
  const records = await firstValueFrom(running, { defaultValue: undefined });
  if (!records) return 130;

  console.log(records.summary);
  const failures = records.failures(settings);
  console.log(failures.join('\n') || `No message is missing or duplicated, after ${records.seconds.toFixed(1)} s.`);
  return failures.length ? 1 : 0;
}
