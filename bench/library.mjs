const checkout = new URL('../dist/', import.meta.url);

/** Loads an entry of the build that is measured: that of the checkout, or of the commit that `--compare` names. */
export const library = (entry) => import(new URL(entry, process.env.BENCH_DIST ?? checkout));
