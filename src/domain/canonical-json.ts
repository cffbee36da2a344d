/**
 * RFC 8785: one text for equal JSON, whatever the order of members. By hand, since every resolve with overrides hashes such a
 * text, and libraries take longer to make it than it takes to hash. Members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  // ECMAScript writes numbers and text as the RFC wants them.
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = value as Readonly<Record<string, unknown>>;
  let text = "";
  // Sorted by UTF-16 units, as the RFC has it.
  for (const name of Object.keys(members).sort()) {
    if (members[name] === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(members[name])}`;
  }
  return `{${text}}`;
}
