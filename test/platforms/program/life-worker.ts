/* The worker of a page that loses its network: says when it waits, and when the network is back. */

import { online } from 'rxwire';

self.addEventListener('message', () => {
  online().subscribe(() => postMessage('online'));
  postMessage('waiting');
});
