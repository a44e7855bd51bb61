import type { Transport } from '../index.node.js';
import { wsTransport } from '../transport/node.js';
import { proxyAgent } from './proxy-agent.js';
import type { Settings } from './settings.js';
import { readTlsFiles } from './tls-files.js';

/** The transport of a run. @throws UsageError if a file or a package is missing */
export async function transportFor(settings: Settings, proxy: URL | undefined): Promise<Transport> {
  const { origin, compress, maxPayload, security } = settings;
  const tls = await readTlsFiles(security);
  return wsTransport({
    ...tls,
    origin,
    maxPayload,
    perMessageDeflate: compress,
    agent: proxy && (await proxyAgent(proxy)),
  });
}
