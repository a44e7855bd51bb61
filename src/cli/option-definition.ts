/** An option of the command. The parser, `--help`, the man page and the completions are made from these fields. */
export interface OptionDefinition {
  readonly group: Group;
  /** The letter of the short form. */
  readonly short?: string;
  /** How help names the value; absent for a switch. */
  readonly value?: string;
  /** What the value can be, for completions. */
  readonly completes?: 'file' | readonly string[];
  /** Whether it may be repeated. */
  readonly multiple?: true;
  /** What it does, in one sentence without a full stop; the default in parentheses at its end. */
  readonly help: string;
}

/** The groups of `--help`, in its order. */
export const GROUPS = {
  print: 'What is printed',
  send: 'What is sent',
  handshake: 'The handshake',
  security: 'Certificates and proxies',
  alive: 'Heartbeat and retries',
  log: 'The log',
  about: 'About the command',
} as const;

/** The name of a group. */
export type Group = keyof typeof GROUPS;

/** From the most lines to none. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** How binary messages are printed. */
export const BINARY_FORMS = ['hex', 'base64'] as const;

/** The shells that have a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
