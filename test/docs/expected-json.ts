/**
 * Comparing an answer with the example in the docs. Examples are exact, except for what differs from run to run:
 *
 * - a string `"…"` stands for any value, a member `"…": "…"` for any further members, a last item `"…"` for any further items;
 * - times, request ids, conversation ids and commits are compared by their form only.
 */
const VOLATILE: readonly [name: RegExp, form: RegExp][] = [
  [/(?:_at|_since|^time)_ms$/, /^\d{13}$/],
  [/^(?:createTime|updateTime|time)$/, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/],
  [/^instance$/, /^[\w.:-]{1,128}$/],
  [/^commit$/, /^(?:[0-9a-f]{40}|unknown)$/],
];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ANY = "…";

/** Where and how `actual` differs from the example; empty when it does not. */
export function differences(expected: unknown, actual: unknown, at = ""): string[] {
  if (expected === ANY) return [];
  const name = at.slice(at.lastIndexOf("/") + 1);
  const form = VOLATILE.find(([names]) => names.test(name))?.[1] ?? (isUuid(expected) ? UUID : undefined);
  if (form !== undefined) {
    return [expected, actual].every((value) => form.test(String(value)))
      ? []
      : [`${at}: ${String(actual)} has not the form ${form.source}`];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) return itemDifferences(expected, actual, at);
  if (isRecord(expected) && isRecord(actual)) return memberDifferences(expected, actual, at);
  return Object.is(expected, actual)
    ? []
    : [`${at || "/"}: the docs say ${JSON.stringify(expected)}, the server ${JSON.stringify(actual)}`];
}

function itemDifferences(expected: readonly unknown[], actual: readonly unknown[], at: string): string[] {
  const open = expected.at(-1) === ANY;
  const shown = open ? expected.slice(0, -1) : expected;
  const wrongLength = open ? actual.length < shown.length : actual.length !== shown.length;
  if (wrongLength)
    return [`${at || "/"}: the docs show ${shown.length} items, the server gives ${actual.length}`];
  return shown.flatMap((item, i) => differences(item, actual[i], `${at}/${i}`));
}

function memberDifferences(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  at: string,
): string[] {
  const { [ANY]: open, ...shown } = expected;
  const extra = Object.keys(actual).filter((name) => !Object.hasOwn(shown, name));
  return [
    ...(open === undefined ? extra.map((name) => `${at}/${name}: the docs do not show it`) : []),
    ...Object.entries(shown).flatMap(([name, value]) =>
      Object.hasOwn(actual, name)
        ? differences(value, actual[name], `${at}/${name}`)
        : [`${at}/${name}: the server does not give it`],
    ),
  ];
}

function isUuid(value: unknown): boolean {
  return typeof value === "string" && UUID.test(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
