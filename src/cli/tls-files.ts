import { readFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Security } from './settings.js';
import { UsageError } from './usage-error.js';

/** What TLS takes of the options. */
export interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly passphrase?: string;
}

/** Reads the files of the options. @throws UsageError if one cannot be read, or is not what it should be */
export async function readTlsFiles({ insecure, ca, cert, key, passphrase }: Security): Promise<TlsOptions> {
  const read = async (name: string, path: string | undefined) =>
    path === undefined
      ? undefined
      : readFile(path).catch((error: unknown) => {
          throw new UsageError(`${name}: ${(error as Error).message}`);
        });
  const certificate = await read('--cert', cert);
  const files = { ca: await read('--ca', ca), cert: certificate, key: (await read('--key', key)) ?? certificate };
  const options = Object.fromEntries(
    Object.entries({ ...files, passphrase }).filter(([, value]) => value !== undefined),
  ) as TlsOptions;
  check(options);
  return insecure ? { ...options, rejectUnauthorized: false } : options;
}

/** Node would find the same out with every attempt to connect. */
function check({ ca, ...own }: TlsOptions): void {
  try {
    if (ca) new X509Certificate(ca); // createSecureContext takes any file, and trusts nobody then
    if (ca) createSecureContext({ ca });
  } catch (thrown) {
    throw new UsageError(`--ca is not a PEM file of certificates: ${(thrown as Error).message}`);
  }
  try {
    createSecureContext(own);
  } catch (thrown) {
    const { message } = thrown as Error;
    const isLocked = /decrypt|interrupted|passphrase|password/i.test(message);
    const hint = isLocked ? ' (--passphrase unlocks the key)' : '';
    throw new UsageError(`--cert and --key cannot be used: ${message}${hint}`);
  }
}
