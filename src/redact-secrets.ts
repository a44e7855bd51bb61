/** Whoever sends a megabyte of `token` shall not keep the patterns busy, nor fill the log. */
const LONGEST = 2_000;

const URL_CREDENTIALS = /(\w:\/\/)[^\s/?#@]*@/g;
const URL_QUERY = /(\w:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/g;
const CREDENTIALS = /\b(bearer|basic)\s+[^\s,;"']+/gi;
const NAMED_SECRET =
  /((?:token|secret|password|passwd|api[-_]?key|signature|cookie|authorization)[\w-]*["']?\s*[:=]\s*["']?)[^\s"',;&}]+/gi;

/**
 * Takes out of a text what looks like a secret: credentials, query and fragment of URLs, what follows `Bearer` and
 * `Basic`, and the values of what is called a token, a secret, a password, an API key, a signature or a cookie.
 * Of a text longer than 2000 characters it leaves these.
 *
 * What has none of these looks is not found. Where yours have others, wrap it:
 *
 * @example
 * logLifecycle(pino(), { redact: (text) => redactSecrets(text).replaceAll(accountNumber, '…') })
 */
export function redactSecrets(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short
    .replace(URL_CREDENTIALS, '$1')
    .replace(URL_QUERY, '$1')
    .replace(CREDENTIALS, '$1 …')
    .replace(NAMED_SECRET, '$1…');
}
