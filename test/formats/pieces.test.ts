/** Reading profile by profile and reading the whole at once say the same of every text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { FormatError } from "../../src/formats/format-error.js";
import { parseWhole } from "../../src/formats/parsed-file.js";
import { readDocumentsInTurns, readFile, readPieces } from "../../src/formats/read-documents.js";
import { NotPlain } from "../../src/formats/region.js";
import type { SourceDocuments } from "../../src/formats/source-documents.js";
import { sourceText } from "../../src/formats/source-text.js";
import { lines, refusal } from "./reading.js";

const OPTIONS = { file: "f.yaml", registry: "default" };

type Outcome = SourceDocuments | "refused" | "not plain";

function finish(reading: () => Generator<undefined, SourceDocuments>): Outcome {
  try {
    const running = reading();
    for (;;) {
      const step = running.next();
      if (step.done) return step.value;
    }
  } catch (error) {
    if (error instanceof FormatError) return "refused";
    if (error instanceof NotPlain) return "not plain";
    throw error;
  }
}

const inPieces = (text: string) => finish(() => readPieces(sourceText(text, OPTIONS.file), OPTIONS));
const asWhole = (text: string) => finish(() => readFile(parseWhole(sourceText(text, OPTIONS.file)), OPTIONS));

const FIELDS = [
  undefined,
  "runtime.system_prompt",
  "runtime.tools[1]",
  "policy",
  "profile.extensions[a.b@v1]",
];

/** Everything that a reading says, places too. */
function said(outcome: Outcome): unknown {
  if (typeof outcome === "string") return outcome;
  const { format, registries, locate } = outcome;
  return JSON.stringify({
    format,
    registries,
    places: registries.map(({ slug, profiles }) => [
      locate(slug, undefined, undefined),
      locate(slug, undefined, "registry.default_profile_slug"),
      ...profiles.flatMap((profile) => FIELDS.map((field) => locate(slug, profile.slug, field))),
    ]),
  });
}

const scalar = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom(
    "a\nb\n",
    "  lead\n\n\ntail\n\n",
    "- x\n  profiles:\n    p:\n",
    "# no comment",
    "key: value",
    '"',
    "'",
    "\ttab",
    "",
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const name = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
  fc.constantFrom("__proto__", "profiles", "registries", "1.10", "null", "a b", "- a", "? a"),
);
const { free } = fc.letrec<{ free: unknown }>((tie) => ({
  free: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("free"), { maxLength: 3 }),
    fc.dictionary(name, tie("free"), { maxKeys: 3 }),
  ),
}));
const profile = fc.record(
  {
    display_name: fc.string({ unit: "grapheme", maxLength: 40 }),
    runtime: fc.record(
      {
        system_prompt: scalar.filter((value) => typeof value === "string"),
        tools: fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
        step_settings_patch: fc.dictionary(name, free, { maxKeys: 3 }),
      },
      { requiredKeys: [] },
    ),
    extensions: fc.dictionary(fc.constantFrom("a.b@v1", "c.d@v2"), free, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const slug = fc.stringMatching(/^[a-z0-9](?:[a-z0-9._-]{0,6}[a-z0-9])?$/);
const registry = fc.record(
  {
    display_name: fc.string({ maxLength: 8 }),
    description: scalar.filter((value) => typeof value === "string"),
    default_profile_slug: slug,
    profiles: fc.dictionary(slug, profile, { minKeys: 1, maxKeys: 4 }),
  },
  { requiredKeys: ["profiles"] },
);
const file = fc.oneof(
  fc.record({ registries: fc.dictionary(slug, registry, { minKeys: 1, maxKeys: 3 }) }),
  fc.record({ slug, profiles: fc.dictionary(slug, profile, { minKeys: 1, maxKeys: 4 }) }),
);
const yaml = fc
  .tuple(
    file,
    fc.record({
      indent: fc.constantFrom(1, 2, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 20, 80),
      defaultStringType: fc.constantFrom(
        "PLAIN",
        "QUOTE_DOUBLE",
        "QUOTE_SINGLE",
        "BLOCK_LITERAL",
        "BLOCK_FOLDED",
      ),
      defaultKeyType: fc.constantFrom("PLAIN", null),
    } as const),
  )
  .map(([document, options]) => stringify(document, options));
const json = fc
  .tuple(file, fc.constantFrom(undefined, 2, "\t"))
  .map(([document, space]) => JSON.stringify(document, null, space));

/** What happens to files that people edit. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(3),
  insert: fc.oneof(
    fc.constantFrom(
      "",
      "\n",
      "  ",
      "\t",
      ":",
      "- ",
      "#",
      "'",
      '"',
      "{",
      "}",
      "[",
      "]",
      ",",
      "&a ",
      "*a",
      "!x ",
      "|",
      "---\n",
      "...\n",
      "%YAML 1.1\n",
      "profiles:\n",
      "\r\n",
      "? ",
    ),
    fc.string({ maxLength: 2 }),
  ),
  /** Copies a line to another place. */
  line: fc.option(fc.tuple(fc.nat(50), fc.nat(50)), { freq: 3 }),
});

function damaged(
  text: string,
  { at, length, insert, line }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): string {
  const start = Math.floor(at * text.length);
  const edited = text.slice(0, start) + insert + text.slice(start + length);
  if (line === null) return edited;
  const all = edited.split("\n");
  all.splice(line[1] % all.length, 0, all[line[0] % all.length]!);
  return all.join("\n");
}

const RUNS = Number(process.env.FORMAT_RUNS ?? 50);

describe.each([
  ["YAML", yaml],
  ["JSON", json],
])("%s", (_name, text) => {
  test("as programs write it is read in pieces, and as the whole is", () => {
    fc.assert(
      fc.property(text, (written) => {
        expect(said(inPieces(written))).toEqual(said(asWhole(written)));
      }),
      { numRuns: RUNS },
    );
  });

  test("with any damage is read as the whole is, or refused where that is, or left to it", () => {
    fc.assert(
      fc.property(text, fc.array(damage, { minLength: 1, maxLength: 2 }), (written, edits) => {
        const edited = edits.reduce(damaged, written);
        const pieces = inPieces(edited);
        if (pieces !== "not plain") expect(said(pieces)).toEqual(said(asWhole(edited)));
      }),
      { numRuns: RUNS * 4 },
    );
  });
});

test("a large file is refused at the first problem of its profiles, as a small one", () => {
  const many = (broken: string) =>
    lines(
      "registries:",
      "  r:",
      "    profiles:",
      ...Array.from({ length: 3 }, (_, i) => `      p${i}:\n        description: ${"x".repeat(1_500_000)}`),
      `      q: ${broken}`,
      "      r: {}",
    );
  expect(refusal(many("{display_name: 3}"))).toBe("f.yaml:10:25: display_name must be a string");
  expect(refusal(many("*a"))).toBe("f.yaml:10:10: aliases are not allowed");
  expect(refusal(many('{display_name: "x}'))).toBe('f.yaml:11:1: Missing closing "quote');
  expect(refusal(many("\n      p1:"))).toBe('f.yaml:11:7: duplicate key "p1"');
});

test("other work gets its turn while a large file is read", async () => {
  const text = lines(
    "registries:",
    "  r:",
    "    profiles:",
    ...Array.from({ length: 3_000 }, (_, i) => `      p${i}: {}`),
  );
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const { registries } = await readDocumentsInTurns(text, OPTIONS);
  clearInterval(timer);
  expect(registries[0]?.profiles).toHaveLength(3_000);
  expect(turns).toBeGreaterThan(3);
});
