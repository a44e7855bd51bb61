import { isSecretName, redactSecrets } from '../logging/redact-secrets.js';

const HIDDEN = '…';

/**
 * Removes what looks like a secret from a message, as `redactSecrets` does. JSON stays JSON: values whose name is that of
 * a secret are replaced, whatever they are, and every other text is redacted by itself. Text of more than 2000 characters
 * is cut, in JSON each by itself.
 */
export function redactMessage(message: string): string {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return redactSecrets(message);
  }
  try {
    const json = JSON.stringify(value, redacted);
    return json === JSON.stringify(value) ? message : json; // unchanged: numbers that no double can hold are kept
  } catch {
    return redactSecrets(message); // it is nested too deep
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Does the same to a binary message that is text. Other bytes are not searched. */
export function redactBytes(data: Uint8Array): Uint8Array {
  let text: string;
  try {
    text = utf8.decode(data);
  } catch {
    return data;
  }
  const safe = redactMessage(text);
  return safe === text ? data : new TextEncoder().encode(safe);
}

function redacted(name: string, value: unknown): unknown {
  if (value !== null && typeof value !== 'boolean' && isSecretName(name)) return HIDDEN;
  return typeof value === 'string' ? redactSecrets(value) : value;
}
