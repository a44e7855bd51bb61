import { readFileSync } from 'node:fs';

const pem = (name: string) => readFileSync(new URL(`../integration/fixtures/${name}.pem`, import.meta.url), 'utf8');

const key = pem('self-signed.key');

/** A key and a certificate for 127.0.0.1 that nobody trusts who does not have it. */
export const selfSigned = { key, cert: pem('self-signed.cert') };

/** The same with a certificate that was valid until 2001. */
export const expired = { key, cert: pem('expired.cert') };

/** The same with a certificate that is valid from 2999 on. */
export const early = { key, cert: pem('early.cert') };

/** What revokes nothing, signed with the key: until 2001, and from 2999 on. */
export const revocations = { expired: pem('expired.crl'), early: pem('early.crl') };
