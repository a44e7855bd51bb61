/** A field of whatever was thrown, which may be no object, or have getters that throw. */
export function fieldOf(thrown: unknown, name: string): unknown {
  try {
    return typeof thrown === 'object' ? (thrown as Record<string, unknown>)[name] : undefined;
  } catch {
    // then it has none, as `null` has
  }
}
