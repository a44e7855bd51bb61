import { describe } from './arguments.js';
import { fieldOf } from './field-of.js';

const NONE = 'no reason given';

/**
 * What an error says; never empty. Where it is a group without a message of its own, as Node's is when all addresses of a
 * host refuse, the distinct messages of its members; else its code, or its name.
 */
export function sentenceOf(error: unknown): string {
  const words = new Set<string>();
  const seen = new Set<unknown>();
  const open = [error]; // a list and no calls: groups in groups may be deep, and hold themselves
  while (open.length > 0) {
    const each = open.pop();
    if (seen.has(each)) continue;
    seen.add(each);
    const message = messageOf(each);
    const members = membersOf(each);
    if (message || !members.length) words.add(message || titleOf(each) || (each === error ? NONE : describe(each)));
    else for (const member of members.reverse()) open.push(member);
  }
  return [...words].join('; ') || titleOf(error) || NONE;
}

/** A text that was thrown is its own message. */
function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error ? fieldOf(error, 'message') : describe(error);
  return typeof message === 'string' && message.trim() ? message : '';
}

function membersOf(error: unknown): unknown[] {
  const errors = fieldOf(error, 'errors');
  return Array.isArray(errors) ? [...(errors as unknown[])] : [];
}

/** The platform's code, or else the name. */
function titleOf(error: unknown): string | undefined {
  return ['code', 'name'].map((name) => textOf(fieldOf(error, name))).find(Boolean);
}

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
