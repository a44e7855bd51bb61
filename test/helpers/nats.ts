import { existsSync } from 'node:fs';

/** Wherever it is installed, and where tests are not allowed to be left out. */
export const wantsNats = existsSync('/usr/sbin/nats-server') || process.env.CI !== undefined;
