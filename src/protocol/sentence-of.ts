import { describe } from './arguments.js';

/** What is known of an error. */
interface ErrorFields {
  readonly message?: unknown;
  /** The platform's code, or else the name. */
  readonly title?: string | undefined;
  /** What it is a group of. */
  readonly errors?: unknown;
}

/**
 * What an error says; never empty. Where it is a group without a message of its own, as Node's is when all addresses of a
 * host refuse, the distinct messages of its members; else its code, or its name.
 */
export function sentenceOf(error: unknown): string {
  const fields = fieldsOf(error);
  return [wordsOf(fields), wordsOfMembers(fields).join('; '), fields.title].find(Boolean) ?? 'no reason given';
}

/** Goes through groups in groups by a list and not by calls: they may be deep, and hold themselves. */
function wordsOfMembers(group: ErrorFields): string[] {
  const words = new Set<string>();
  const seen = new Set<unknown>();
  const open = membersOf(group).reverse();
  while (open.length > 0) {
    const member = open.pop();
    if (seen.has(member)) continue;
    seen.add(member);
    const fields = fieldsOf(member);
    const members = membersOf(fields);
    const own = wordsOf(fields);
    if (own !== '' || members.length === 0) words.add(own || fields.title || describe(member));
    else for (const inner of members.reverse()) open.push(inner);
  }
  return [...words];
}

const membersOf = ({ errors }: ErrorFields): unknown[] => (Array.isArray(errors) ? [...(errors as unknown[])] : []);

const wordsOf = ({ message }: ErrorFields): string => (typeof message === 'string' && message.trim() ? message : '');

/** Read once, and guarded: a foreign error may have getters. A text that was thrown is its own message. */
function fieldsOf(error: unknown): ErrorFields {
  try {
    if (typeof error !== 'object' || error === null) return { message: describe(error) };
    const { message, code, name, errors } = error as Record<string, unknown>;
    return { message, title: [code, name].map(textOf).find(Boolean), errors };
  } catch {
    return {};
  }
}

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
