/**
 * What `Math.random` is all but never: nearly 0 with `TEST_RANDOM=low`, nearly 1 with `TEST_RANDOM=high`. A test that hangs
 * on the roll of a default (a first ping, a jittered delay) passes a thousand times and fails once; here it fails at once.
 */
const extreme = process.env.TEST_RANDOM;

if (extreme) {
  let rolls = 0; // no two alike: names are made of them, too
  const tiny = () => (1 + (rolls++ % 1e6)) * 1e-12;
  Math.random = extreme === 'low' ? tiny : () => 1 - tiny();
}
