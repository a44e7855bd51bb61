import { observeWebSocket } from 'rxwire';
import { bufferCountOrTime, heartbeat, retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';

const feed = observeWebSocket(
  'wss://feed.example/trades',
  heartbeat({ ping: () => 'ping' }),
  stopOnFatalClose(),
  retryWithBackoff(),
);

feed.lifecycle.subscribe((event) => console.log(event.type));
feed.messages.pipe(bufferCountOrTime(100, 1000)).subscribe((trades) => console.log(trades.length));
feed.messages.next({ op: 'subscribe', channel: 'trades' });
