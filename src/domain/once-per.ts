/** What is computed of an object that nobody changes, once for as long as the object is there. */
export function oncePer<K extends object, V extends string>(compute: (object: K) => V): (object: K) => V {
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
