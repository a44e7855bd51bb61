/** A field of whatever was thrown, which may be no object, or have getters that throw. */
export function fieldOf(thrown: unknown, name: PropertyKey): unknown {
  try {
    return typeof thrown === 'object' ? (thrown as Record<PropertyKey, unknown>)[name] : undefined;
  } catch {
    // then it has none, as `null` has
  }
}
