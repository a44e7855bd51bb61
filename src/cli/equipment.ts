import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { merge, NEVER } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Transport } from '../index.node.js';
import type { LogLine } from './log-line.js';
import { proxyFor } from './proxy-for.js';
import type { Environment } from './proxy-for.js';
import { SessionRecorder } from './session-recorder.js';
import type { Settings } from './settings.js';
import { shownFrames } from './shown-frames.js';
import { transportFor } from './transport-for.js';
import { UsageError } from './usage-error.js';

/** What a run needs of files and packages. */
export interface Equipment {
  readonly transport: Transport;
  /** The host of the proxy, if there is one. */
  readonly proxy: string | undefined;
  readonly file: Readable | undefined;
  /** Emits log lines, and errors if the recording cannot be written. */
  readonly reports: Observable<LogLine>;
  /** Resolves when the recording is written. */
  finish(): Promise<void>;
}

/** Opens and loads what the settings name. @throws UsageError if something is missing */
export async function equip(settings: Settings, env: Environment): Promise<Equipment> {
  const proxy = proxyFor(settings.url, settings.security.proxy, env);
  const plain = await transportFor(settings, proxy);
  const { transport, lines } = settings.showPings ? shownFrames(plain) : { transport: plain, lines: NEVER };
  const file = await opened(settings.sendFile, 'r');
  const record = await opened(settings.record, 'w');
  const recorder = record && new SessionRecorder(record.createWriteStream());
  return {
    transport: recorder?.record(transport) ?? transport,
    proxy: proxy?.host,
    file: file?.createReadStream(),
    reports: merge(lines, recorder?.errors ?? NEVER),
    finish: async () => recorder?.end(),
  };
}

const OWNERS = 0o600;

/** A recording holds what others sent: it is for its owner alone. */
async function opened(path: string | undefined, flags: 'r' | 'w'): Promise<FileHandle | undefined> {
  if (path === undefined) return undefined;
  try {
    const file = await open(path, flags, OWNERS);
    // It may have been there before. Some file systems have no modes, and what is another's stays his.
    if (flags === 'w' && (await file.stat()).isFile()) await file.chmod(OWNERS).catch(() => undefined);
    return file;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
