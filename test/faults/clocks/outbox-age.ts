// Sends a message before it connects, at a word of its parent, and reports what became of it.
import { observeWebSocket } from '../../../src/index.node.js';
import type { MessageDroppedError } from '../../../src/index.node.js';

const [, , , server = '', maxAge = ''] = process.argv;

const feed = observeWebSocket({ url: `${server}/`, outbox: { maxAge: Number(maxAge) } });
const sent = feed.send('order').then(
  () => 'sent',
  (error: unknown) => (error as MessageDroppedError).reason,
);

process.once('message', () => {
  const subscription = feed.lifecycle.subscribe();
  void sent.then((fate) => {
    subscription.unsubscribe();
    process.send!(fate, () => process.disconnect());
  });
});
process.send!('waiting');
