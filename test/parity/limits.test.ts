import { describe } from "vitest";
import type { Json } from "../../src/index.js";
import { type Case, invalid, onBothEdges } from "./both-edges.js";
import { create, createRegistry, resolve } from "./operations.js";

/** `levels` containers in each other. */
function nested(levels: number): Json {
  return levels === 0 ? "leaf" : levels % 2 ? { in: nested(levels - 1) } : [nested(levels - 1)];
}

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const middlewares = (n: number) => ({ runtime: { middlewares: times(n, () => ({ name: "agentmode" })) } });
const tools = (n: number) => ({ runtime: { tools: times(n, () => "t") } });
const extensions = (n: number) => ({
  extensions: Object.fromEntries(times(n, (i) => [`acme.e${i}@v1`, null])),
});
const prompt = (text: string) => ({ runtime: { system_prompt: text } });

const within = (name: string, document: Parameters<typeof create>[1]): Case => ({
  name,
  when: create("a", document),
  gives: { document: { slug: "a" } },
});
const beyond = (
  name: string,
  document: Parameters<typeof create>[1],
  field: string,
  reason: string,
): Case => ({
  name,
  when: create("a", document),
  gives: invalid([field, reason]),
});
const longer = (bytes: number) => `must not be longer than ${bytes} bytes`;
const more = (items: number) => `must not have more than ${items} items`;

describe("a profile may have", () => {
  onBothEdges([
    within("100 middlewares", middlewares(100)),
    beyond("no more than 100 middlewares", middlewares(101), "runtime.middlewares", more(100)),
    within("1,000 tools", tools(1_000)),
    beyond("no more than 1,000 tools", tools(1_001), "runtime.tools", more(1_000)),
    within("200 extensions", extensions(200)),
    beyond("no more than 200 extensions", extensions(201), "profile.extensions", more(200)),
    within("a prompt of 256 KiB", prompt("é".repeat(131_072))),
    beyond(
      "no longer prompt than that",
      prompt(`${"é".repeat(131_072)}.`),
      "runtime.system_prompt",
      longer(262_144),
    ),
    within("a name of 1 KiB", { display_name: "é".repeat(512) }),
    beyond(
      "no longer name than that",
      { display_name: `${"é".repeat(512)}.` },
      "display_name",
      longer(1_024),
    ),
    beyond(
      "no longer tag",
      { metadata: { tags: ["a", "x".repeat(1_025)] } },
      "metadata.tags[1]",
      longer(1_024),
    ),
    beyond("no longer tool", { runtime: { tools: ["x".repeat(1_025)] } }, "runtime.tools[0]", longer(1_024)),
    within("JSON of 32 levels from its root", { extensions: { "acme.deep@v1": nested(30) } }),
    beyond(
      "no deeper extensions",
      { extensions: { "acme.deep@v1": nested(31) } },
      "profile.extensions",
      "must not nest deeper than 32 levels",
    ),
    beyond(
      "no deeper settings",
      { runtime: { step_settings_patch: { section: { field: nested(29) } } } },
      "runtime",
      "must not nest deeper than 32 levels",
    ),
  ]);
});

describe("a registry may have", () => {
  onBothEdges([
    {
      name: "no longer name than 1 KiB",
      when: createRegistry("long", { display_name: "x".repeat(1_025) }),
      gives: invalid(["display_name", longer(1_024)]),
    },
  ]);
});

describe("a resolve may bring", () => {
  const given = [create("a", { policy: { allow_overrides: true } }, { set_default: true })];
  onBothEdges([
    {
      name: "settings of 32 levels from the root of the request",
      given,
      when: resolve({ base_step_settings: { section: { field: nested(29) } } }),
      gives: { document: { profile: "a" } },
    },
    {
      name: "no deeper settings",
      given,
      when: resolve({ base_step_settings: { section: { field: nested(30) } } }),
      gives: invalid(["base_step_settings", "must not nest deeper than 32 levels"]),
    },
    {
      name: "no more tools than a profile",
      given,
      when: resolve({ request_overrides: { tools: times(1_001, () => "t") } }),
      gives: invalid(["request_overrides.tools", more(1_000)]),
    },
    {
      name: "no longer prompt than a profile",
      given,
      when: resolve({ request_overrides: { system_prompt: "x".repeat(262_145) } }),
      gives: invalid(["request_overrides.system_prompt", longer(262_144)]),
    },
  ]);
});

describe("limits that the operator has set", () => {
  onBothEdges(
    [
      beyond("hold for middlewares", middlewares(3), "runtime.middlewares", more(2)),
      beyond(
        "hold for depth",
        { extensions: { "acme.deep@v1": nested(5) } },
        "profile.extensions",
        "must not nest deeper than 6 levels",
      ),
    ],
    { "max-middlewares": "2", "max-depth": "6" },
  );
});
