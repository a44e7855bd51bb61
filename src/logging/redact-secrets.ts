import { expectString } from '../protocol/arguments.js';

/** The longest text that is searched and logged, so that a peer can neither slow the patterns down nor fill the log. */
const LONGEST = 2_000;

/** The slashes of a URL, which JSON may escape. */
const URL_CREDENTIALS = /(\w:\\*\/\\*\/)[^\s/?#]*@/g;
const URL_QUERY = /(\w:\\*\/\\*\/[^\s?#"'<>]*)[?#][^\s"'<>]*/g;
/** A path with at least one character; punctuation at its end belongs to the sentence. */
const URL_PATH = /(\w:\/\/[^\s/"'<>]*\/)[^\s"'<>]*[^\s"'<>:.,;)]/g;
/** Where there is no host, what follows the path of the socket is a path too. */
const SOCKET_PATH = /\b(ws\+unix:)[^\s"'<>]*[^\s"'<>:.,;)]/gi;
/** What a cut has left of a URL's credentials, or of a JSON Web Token: the pattern of a whole one does not match it. */
const CUT_SECRET = /(?:(?<=\w:\\*\/\\*\/)[^\s/?#]*|\beyJ[\w.-]*)$/;
/** Up to the end of the line, because schemes, further cookies and quoted parameters belong to the value. */
const HEADER = /((?:cookie|authorization)[\w-]*:[^\S\r\n]*)[^\s"'\\][^\r\n]*/gi;
const CREDENTIALS = /\b(bearer|basic)\s+\\*["']?[^\s,;"']+/gi;
/** A signed or encrypted JSON Web Token (RFC 7519): its header is base64url of `{"…`. */
const JWT = /\beyJ[\w-]*(?:\.[\w-]*){2,4}/g;

/** Names that say secret wherever they stand in a longer name. */
const CONTAINED =
  'token|secret|passw(?:or)?d|passphrase|pwd|credential|jwt|session[-_]?id|' +
  '(?:api|private|access|listen|session)[-_]?key|signature|cookie|authorization';
/**
 * `sign` is a word of its own in `api_sign`, `OK-ACCESS-SIGN` and `apiSign`, and none in `signal`, `design` and `signIn`.
 * So is `pass`, as NATS names a password, but not in `bypass` and `passed`.
 */
const ALONE = '(?:(?<![A-Za-z])(?:sign|Sign|SIGN|pass|Pass|PASS)|(?<=[a-z])(?:Sign|Pass))(?![A-Za-z])';
/** A quoted value (also in escaped quotes) up to its closing quote, a list or an object up to its first bracket, any other value up to the end of the word. */
const VALUE = String.raw`[\w-]*\\*["']?\s*(?:=>|[:=])\s*)(?:(\\*["'])(?:(?!\2)(?:\\.|[^\\]))*|\[[^\]]*\]?|\{[^}]*\}?|[^\s"',;&}]+)`;

const NAMED_SECRETS = [new RegExp(`((?:${CONTAINED})${VALUE}`, 'gis'), new RegExp(`(${ALONE}${VALUE}`, 'gs')];

/** Whether a field with this name holds a secret. */
export function isSecretName(name: string): boolean {
  return NAMED_SECRETS.some((pattern) => `${name}=x`.search(pattern) >= 0);
}

/** Removes the paths of URLs. */
export function redactPaths(text: string): string {
  return text.replace(URL_PATH, '$1…').replace(SOCKET_PATH, '$1…');
}

/**
 * Removes what looks like a secret from a text: credentials, query and fragment of URLs; what follows `Bearer` and
 * `Basic`; JSON Web Tokens; the values of the headers `Authorization` and `Cookie`; and the values of fields whose name
 * says token, JWT, secret, password, passphrase, credential, session id, signature, cookie, or API, access, listen,
 * session or private key, or has `sign` or `pass` as a word. Cuts the text after 2000 characters.
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
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST).replace(CUT_SECRET, '')}…` : text;
  const redacted = short
    .replace(URL_CREDENTIALS, '$1')
    .replace(URL_QUERY, '$1')
    .replace(HEADER, '$1…')
    .replace(CREDENTIALS, '$1 …')
    .replace(JWT, '…');
  return NAMED_SECRETS.reduce((result, pattern) => result.replace(pattern, '$1$2…'), redacted);
}
