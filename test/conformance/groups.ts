/** The groups of cases, by the first part of their numbers. */
export const GROUPS = {
  '1': 'framing',
  '2': 'pings and pongs',
  '3': 'reserved bits',
  '4': 'opcodes',
  '5': 'fragmentation',
  '6': 'UTF-8',
  '7': 'closing',
  '9': 'limits',
  '10': 'fragmented by a server',
  '12': 'compression',
  '13': 'parameters of compression',
  '14': 'compression gone wrong',
} as const satisfies Record<string, string>;

export const groupOf = (id: string): string => id.slice(0, id.indexOf('.'));
