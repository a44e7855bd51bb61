/** Outcomes that are not `ok`, and the cases that have them. `12.*` is a whole group. */
export type Deviations = Readonly<Record<string, readonly string[]>>;

export interface ConformancePlace {
  /** What stands between rxwire and the wire. */
  readonly name: string;
  readonly deviations: Deviations;
  /** What comes in some runs only. */
  readonly sometimes?: Deviations;
}

/** Section 8.1 wants a failure for such a text, but not when. */
const AT_THE_END: Deviations = { 'fails at the end of the message': ['6.4.1', '6.4.2', '6.4.3', '6.4.4'] };

/** What follows a close is to be ignored. Some take it for a broken closing handshake, or answer it. */
const BEHIND_A_CLOSE: Deviations = {
  'reads the close 1006': ['7.1.2', '7.1.3', '7.1.4', '7.1.5', '7.1.6'],
  'answers pings otherwise': ['7.1.3', '7.1.6'],
  'reads the close as 1000, not clean, remote': ['7.1.1', '7.1.2', '7.1.3', '7.1.4', '7.1.5', '7.1.6'],
};

/** Codes that no frame may have, which some take for the peer's. */
const UNCHECKED_CODES: Deviations = {
  'is emitted as 999, clean, remote': ['7.9.2'],
  'is emitted as 1004, clean, remote': ['7.9.3'],
  'is emitted as 1016, clean, remote': ['7.9.6'],
  'is emitted as 1100, clean, remote': ['7.9.7'],
  'is emitted as 2000, clean, remote': ['7.9.8'],
  'is emitted as 2999, clean, remote': ['7.9.9'],
  'is emitted as 5000, clean, remote': ['7.13.1'],
  'is emitted as 65535, clean, remote': ['7.13.2'],
};

const UNCOMPRESSED: Deviations = { 'offers no compression': ['12.*', '13.*', '14.*'] };

/** All places where the cases are played, with what their own WebSockets do otherwise. */
export const places = {
  ws: { name: '`ws` in Node', deviations: { ...AT_THE_END, ...UNCOMPRESSED } },
  wsCompressed: { name: '`ws` in Node, `perMessageDeflate`', deviations: AT_THE_END },
  node: { name: 'Node 20', deviations: { ...AT_THE_END, 'does not end': ['14.3', '14.4'] } },
  chromium: {
    name: 'Chromium',
    deviations: { 'closes with 0': ['7.9.1'], ...UNCHECKED_CODES },
    sometimes: BEHIND_A_CLOSE,
  },
  firefox: {
    name: 'Firefox',
    deviations: {
      ...AT_THE_END,
      'is emitted as 1005, clean, remote': ['7.3.2', '7.9.4'],
      'closes with 1005': ['7.9.1', '7.9.5'],
      ...UNCHECKED_CODES,
    },
    sometimes: BEHIND_A_CLOSE,
  },
  webkit: {
    name: 'WebKitGTK',
    deviations: AT_THE_END,
    sometimes: {
      ...BEHIND_A_CLOSE,
      'delivers another message': ['5.9', '5.10', '5.11', '5.12', '5.13', '5.14', '5.15', '5.16', '5.17'],
    },
  },
  bun: { name: 'Bun', deviations: AT_THE_END },
  bunWs: { name: "Bun's `ws`", deviations: AT_THE_END },
  deno: {
    name: 'Deno',
    deviations: {
      'fails at the end of the message': ['6.4.3', '6.4.4'],
      'is emitted as 1000, clean, remote': ['7.3.6'],
      ...UNCOMPRESSED,
    },
  },
  denoWs: { name: '`ws` in Deno', deviations: { ...AT_THE_END, 'delivers another message': ['14.2'] } },
} satisfies Record<string, ConformancePlace>;

export const pagePlace = (userAgent: string): ConformancePlace => {
  if (userAgent.includes('Firefox')) return places.firefox;
  return userAgent.includes('Chrome') ? places.chromium : places.webkit;
};
