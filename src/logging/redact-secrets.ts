import { expectString } from '../protocol/arguments.js';

/** Whoever sends a megabyte of `token` shall not keep the patterns busy, nor fill the log. */
const LONGEST = 2_000;

const URL_CREDENTIALS = /(\w:\/\/)[^\s/?#]*@/g;
const URL_QUERY = /(\w:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/g;
/** To the end of the line: a scheme, other cookies and quoted parameters are in it. */
const HEADER = /((?:cookie|authorization)[\w-]*:[^\S\r\n]*)[^\s"'\\][^\r\n]*/gi;
const CREDENTIALS = /\b(bearer|basic)\s+[^\s,;"']+/gi;
/** In quotes, escaped ones too, to their end; else to the end of the word. */
const NAMED_SECRET =
  /((?:token|secret|passw(?:or)?d|passphrase|credential|(?:api|private)[-_]?key|signature|cookie|authorization)[\w-]*\\*["']?\s*[:=]\s*)(?:(\\*["'])(?:(?!\2)(?:\\.|[^\\]))*|[^\s"',;&}]+)/gis;

/** Whether what is called so is a secret, whatever it looks like. */
export function isSecretName(name: string): boolean {
  return `${name}=x`.search(NAMED_SECRET) >= 0;
}

/**
 * Takes out of a text what looks like a secret: credentials, query and fragment of URLs, what follows `Bearer` and
 * `Basic`, the headers `Authorization` and `Cookie`, and the values of what is called a token, a secret, a password, a
 * passphrase, a credential, an API or private key, a signature or a cookie. Of a text longer than 2000 characters it
 * leaves these.
 *
 * What has none of these looks is not found. Where yours have others, wrap it:
 *
 * @throws TypeError where it is no text
 *
 * @example
 * logLifecycle(pino(), { redact: (text) => redactSecrets(text).replaceAll(accountNumber, '…') })
 */
export function redactSecrets(text: string): string {
  expectString('text', text);
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short
    .replace(URL_CREDENTIALS, '$1')
    .replace(URL_QUERY, '$1')
    .replace(HEADER, '$1…')
    .replace(CREDENTIALS, '$1 …')
    .replace(NAMED_SECRET, '$1$2…');
}
