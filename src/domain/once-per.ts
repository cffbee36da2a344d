/** What is computed of an object that nobody changes, once for as long as the object is there. */
export function oncePer<K extends object, V>(compute: (object: K) => V): (object: K) => V {
  const known = new WeakMap<K, V>();
  return (object) => {
    let value = known.get(object);
    if (value === undefined) {
      value = compute(object);
      known.set(object, value);
    }
    return value;
  };
}

/** The same, kept from the second time on: most objects are asked about but once. */
export function keptWhenAskedAgain<K extends object, V extends string>(
  compute: (object: K) => V,
): (object: K) => V {
  const known = new WeakMap<K, V | undefined>();
  return (object) => {
    const kept = known.get(object);
    if (kept !== undefined) return kept;
    const value = compute(object);
    known.set(object, known.has(object) ? value : undefined);
    return value;
  };
}
