import { heartbeat, observeWebSocket, onOpen, retryWithBackoff, stopOnFatalClose } from '../index.node.js';
import type { Transport } from '../index.node.js';
import type { Feed } from './console.js';
import { lineCodec } from './message-codec.js';
import type { Settings } from './settings.js';

/** The supervised connection of a run. */
export function feedFor(settings: Settings, transport: Transport): Feed {
  const { url, headers, protocols, form, pace, connectTimeout, onOpen: lines } = settings;
  return observeWebSocket<string>(
    { url, headers, protocols, codec: lineCodec(form), pace, connectTimeout, transport },
    heartbeat(settings.heartbeat),
    onOpen<string, string>((link) => {
      for (const line of lines) link.sendRaw(line);
    }),
    stopOnFatalClose(settings.stopOnFatalClose),
    retryWithBackoff(settings.retryWithBackoff),
  );
}
