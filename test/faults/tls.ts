import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Expectation, Fault, FaultGroup } from './fault.js';
import { onLoopback } from './on-loopback.js';
import { command } from './servers/command.js';

/** A key, and a self-signed certificate. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate for an address; with -1 days it is never valid. */
export async function identity({ address = 'IP:127.0.0.1', days = 1 } = {}): Promise<Identity> {
  const folder = await mkdtemp(join(tmpdir(), 'rxwire-tls-'));
  const [key, request, cert] = ['key', 'request', 'cert'].map((name) => join(folder, name)) as [string, string, string];
  try {
    await command(
      `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -keyout ${key} -out ${request} ` +
        `-subj /CN=${address} -addext subjectAltName=${address}`,
    );
    await command(`openssl x509 -req -in ${request} -signkey ${key} -copy_extensions copy -days ${days} -out ${cert}`);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An error that needs a change by a person. */
const permanent = (code: string): Expectation => ({
  first: /^ConnectionClosedError 1006$/,
  meanwhile: new RegExp(`^HandshakeError ${code} \\(fatal\\)$`),
  isFatal: true,
});

/** An error that may pass: certificates are renewed. */
const temporary = (code: string): Expectation => ({
  first: /^ConnectionClosedError 1006$/,
  meanwhile: new RegExp(`^HandshakeError ${code}$`),
});

/** A server with a good certificate is restarted with another one. */
function restartsWith(
  name: string,
  expected: Expectation,
  options: Parameters<typeof identity>[0],
  isTrusted: boolean,
): Fault {
  return {
    name: `the server restarts with a certificate that ${name}`,
    expected,
    start: async () => {
      const [good, bad] = await Promise.all([identity(), identity(options)]);
      const ca = isTrusted ? [good.cert, bad.cert] : [good.cert];
      const happen = onLoopback(
        (server) => ({
          ca,
          inflict: () => server.restart({ tls: bad }),
          heal: () => server.restart({ tls: good }),
        }),
        { tls: good },
      );
      return happen();
    },
  };
}

const faults: readonly Fault[] = [
  restartsWith('has expired', temporary('CERT_HAS_EXPIRED'), { days: -1 }, true),
  restartsWith(
    'is for another host',
    permanent('ERR_TLS_CERT_ALTNAME_INVALID'),
    { address: 'DNS:other.example' },
    true,
  ),
  restartsWith('is self-signed and not trusted', permanent('DEPTH_ZERO_SELF_SIGNED_CERT'), {}, false),
];

export const tls: FaultGroup = { title: 'TLS', faults };
