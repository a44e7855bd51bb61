import { readFileSync } from 'node:fs';

const pem = (name: string) =>
  readFileSync(new URL(`../integration/fixtures/self-signed.${name}.pem`, import.meta.url), 'utf8');

/** A key and a certificate for 127.0.0.1 that nobody trusts unless told to. */
export const selfSigned = { key: pem('key'), cert: pem('cert') };
