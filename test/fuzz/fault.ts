import * as fc from 'fast-check';

/** What happens to the bytes of one direction, from one of them on. */
export type Damage =
  | { readonly kind: 'flip'; readonly bits: number }
  | { readonly kind: 'drop' | 'duplicate'; readonly length: number }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'split' } // what comes before it is sent by itself
  | { readonly kind: 'truncate' } // the direction ends there
  | { readonly kind: 'swallow' }; // all that follows is lost, and nobody is told

/** Something wrong with the wire. Bytes are counted from the first of a connection, so that a plan can be replayed. */
export interface Fault {
  /** The how manieth connection through the proxy, from 0. */
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

/** What is wrong with the first three connections. */
export const plans: fc.Arbitrary<Fault[]> = fc.array(
  fc.record({
    connection: fc.nat(2),
    direction: fc.constantFrom('toClient' as const, 'toServer' as const),
    at: positions,
    damage: damages,
  }),
  { minLength: 1, maxLength: 8 },
);
