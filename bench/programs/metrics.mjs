/* metrics.mjs CONTESTANT SERVER WARM_UP COUNT: CPU per message, after the first WARM_UP ones. */

import { register } from 'prom-client';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';
import { sumOfIds } from '../stream.mjs';

const { observeWebSocket } = await library('index.node.js');
const { collectMetrics } = await library('metrics.js');
const { heartbeat, retryWithBackoff, stopOnFatalClose } = await library('operators.js');

const [name, server, warmUp, measured] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
const total = warmUp + measured;
let count = 0;
let sum = 0;
let stop;

const feed = observeWebSocket(`${server}/stream?count=${total}`, heartbeat(), stopOnFatalClose(), retryWithBackoff());
if (name === 'with metrics') collectMetrics(feed, { labels: { feed: 'trades' } });

feed.messages.subscribe((trade) => {
  sum += trade.id;
  if (++count === warmUp) stop = startMeter();
  else if (count === total) void finish(stop() / measured);
});

async function finish(used) {
  if (sum !== sumOfIds(total)) throw new Error(`${name} lost or changed messages`);
  const scraped = await register.metrics();
  if (name === 'with metrics' && !scraped.includes(`rxwire_messages_received_total{feed="trades"} ${total}`))
    throw new Error('the metrics do not say what was received');
  await report(used);
}
