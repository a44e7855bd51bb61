'use client';
import { useEffect, useState } from 'react';
import { observeWebSocket } from 'rxwire';
import { bufferCountOrTime, heartbeat, retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';

const feed = observeWebSocket(
  'wss://feed.example/trades',
  heartbeat({ ping: () => 'ping' }),
  stopOnFatalClose(),
  retryWithBackoff(),
);

export function Feed() {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const subscription = feed.messages
      .pipe(bufferCountOrTime(100, 1000))
      .subscribe((trades) => setCount(trades.length));
    return () => subscription.unsubscribe();
  }, []);
  return <p>{count}</p>;
}
