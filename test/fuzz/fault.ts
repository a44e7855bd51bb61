import * as fc from 'fast-check';

/** The damage to the bytes of one direction, from a position on. */
export type Damage =
  | { readonly kind: 'flip'; readonly bits: number }
  | { readonly kind: 'drop' | 'duplicate'; readonly length: number }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'split' } // the bytes before it are sent separately
  | { readonly kind: 'truncate' } // the direction ends there
  | { readonly kind: 'swallow' }; // all following bytes are lost silently

/** A fault of the network. Bytes are counted from the start of a connection, so that a plan can be replayed. */
export interface Fault {
  /** The index of the connection, from 0. */
  readonly connection: number;
  readonly direction: 'toClient' | 'toServer';
  readonly at: number;
  readonly damage: Damage;
}

const length = fc.integer({ min: 1, max: 200 });

const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constantFrom('drop' as const, 'duplicate' as const), length }),
  fc.record({ kind: fc.constant('delay' as const), milliseconds: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constantFrom('split' as const, 'truncate' as const, 'swallow' as const) }),
);

/** Half of them in the handshake and the first frames. */
const positions = fc.oneof(fc.nat(400), fc.nat(3000));

/** The faults of the first three connections. */
export const plans: fc.Arbitrary<Fault[]> = fc.array(
  fc.record({
    connection: fc.nat(2),
    direction: fc.constantFrom('toClient' as const, 'toServer' as const),
    at: positions,
    damage: damages,
  }),
  { minLength: 1, maxLength: 8 },
);
