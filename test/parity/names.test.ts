import { describe } from "vitest";
import { type Case, invalid, onBothEdges } from "./both-edges.js";
import { create, get, remove, resolve, setDefault, update } from "./operations.js";

const LONGEST = `a${"-".repeat(126)}b`;
const ODD = ["constructor", "tostring", "hasownproperty", "0", "null", "a..b", "a--b", LONGEST];

const stored = ODD.map(
  (slug): Case => ({
    name: `${cut(slug)} is a name like any other`,
    given: [create(slug, { display_name: slug }), update(slug), setDefault(slug)],
    when: resolve({}),
    gives: { document: { profile: slug, profile_version: 2, runtime_key: slug } },
  }),
);

/** Raw names, and how messages quote them: cut after 128 characters. */
const MALFORMED = [
  "no spaces",
  "-a",
  "a-",
  ".a",
  "__proto__",
  "a/b",
  "a:b",
  "größe",
  "İstanbul",
  "\u212A",
  "a\nb",
  'quo"te',
  "x".repeat(129),
  "🛒".repeat(129),
].map((raw) => [raw, Array.from(raw).slice(0, 128).join("")] as const);

const refused = MALFORMED.flatMap(([raw, quoted]): Case[] => {
  const gives = invalid(["profile.slug", `profile slug "${quoted}" is invalid`]);
  return [
    { name: `${cut(raw)} is no name to create`, when: create(raw), gives },
    { name: `${cut(raw)} is no name to read`, when: get(raw), gives },
    {
      name: `${cut(raw)} is no registry`,
      when: get("a", { registry: raw }),
      gives: { error: "malformed", message: `invalid registry: ${quoted}` },
    },
  ];
});

function cut(name: string): string {
  return JSON.stringify(name.length > 20 ? `${name.slice(0, 10)}…(${Array.from(name).length})` : name);
}

describe("names that are legal however odd", () => {
  onBothEdges([
    ...stored,
    {
      name: "a name of upper-case letters and white space is stored without",
      when: create("\t MiXed.Case \n"),
      gives: { document: { slug: "mixed.case" } },
    },
    {
      name: "a profile may be called as its registry is",
      when: create("case-0"),
      gives: { document: { slug: "case-0" } },
    },
  ]);
});

describe("names that are none", () => {
  onBothEdges([
    ...refused,
    {
      name: "a blank name cannot be created",
      when: create("  "),
      gives: invalid(["profile.slug", "profile slug cannot be empty"]),
    },
    {
      name: "a blank name cannot be deleted",
      when: remove(" "),
      gives: invalid(["profile.slug", "profile slug cannot be empty"]),
    },
    {
      name: "a registry is quoted as it was sent",
      when: create("a", {}, { registry: " No! " }),
      gives: { error: "malformed", message: "invalid registry:  No! " },
    },
  ]);
});
