import { expectString } from '../protocol/arguments.js';

/** The longest text that is searched and logged, so that a peer can neither slow the patterns down nor fill the log. */
const LONGEST = 2_000;

const URL_CREDENTIALS = /(\w:\/\/)[^\s/?#]*@/g;
const URL_QUERY = /(\w:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/g;
/** Up to the end of the line, because schemes, further cookies and quoted parameters belong to the value. */
const HEADER = /((?:cookie|authorization)[\w-]*:[^\S\r\n]*)[^\s"'\\][^\r\n]*/gi;
const CREDENTIALS = /\b(bearer|basic)\s+[^\s,;"']+/gi;
/** A quoted value (also in escaped quotes) up to its closing quote, any other value up to the end of the word. */
const NAMED_SECRET =
  /((?:token|secret|passw(?:or)?d|passphrase|credential|(?:api|private)[-_]?key|signature|cookie|authorization)[\w-]*\\*["']?\s*[:=]\s*)(?:(\\*["'])(?:(?!\2)(?:\\.|[^\\]))*|[^\s"',;&}]+)/gis;

/** Whether a field with this name holds a secret. */
export function isSecretName(name: string): boolean {
  return `${name}=x`.search(NAMED_SECRET) >= 0;
}

/**
 * Removes what looks like a secret from a text: credentials, query and fragment of URLs; what follows `Bearer` and
 * `Basic`; the values of the headers `Authorization` and `Cookie`; and the values of fields whose name says token, secret,
 * password, passphrase, credential, API key, private key, signature or cookie. Cuts the text after 2000 characters.
 *
 * Other secrets are not found. To redact them too, wrap this function, as in the example.
 *
 * @throws TypeError if `text` is not a string
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
