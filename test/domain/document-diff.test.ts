import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Profile, Registry } from "../../src/domain/document.js";
import { documentDifferences, sameContent } from "../../src/domain/document-diff.js";
import {
  copyJson,
  emptyObject,
  equalJson,
  type Json,
  type JsonObject,
  member,
} from "../../src/domain/json.js";
import { redactProfile, secretExemptions } from "../../src/domain/secrets.js";
import { jsonWithSecrets, objectOf, objectWithSecrets, reversed, stepSettings } from "./arbitraries.js";
import { aProfile, aRegistry, closed, metadata } from "./documents.js";

const NONE = secretExemptions([]);
const CONFIG_KEY = "middleware.vault_config@v1";
const agent = aProfile({
  display_name: "Agent",
  runtime: {
    system_prompt: "Be brief.",
    step_settings_patch: { "ai-chat": { "ai-engine": "gpt-4", "openai-api-key": "sk-1" } },
    middlewares: [{ name: "agentmode", id: "a" }, { name: "sqlite" }],
    tools: ["search", "sql"],
  },
  extensions: { [CONFIG_KEY]: { instances: { "id:v": { level: 1, api_token: "t-1" } } } },
  metadata: { ...metadata, tags: ["finance"] },
});

function changed(change: (profile: Profile) => void): [Profile, Profile] {
  const after = structuredClone(agent);
  change(after);
  return [agent, after];
}

describe("two profiles differ", () => {
  test.each<[string, (profile: Profile) => void, object[]]>([
    ["in nothing", () => {}, []],
    [
      "in what the server manages: not shown",
      (p) => Object.assign(p.metadata, { version: 9, source: "rpc" }),
      [],
    ],
    [
      "in the prompt",
      (p) => {
        p.runtime.system_prompt = "Be long.";
      },
      [{ pointer: "/runtime/system_prompt", from: "Be brief.", to: "Be long." }],
    ],
    [
      "in a name that is gone",
      (p) => {
        delete p.display_name;
      },
      [{ pointer: "/display_name", from: "Agent" }],
    ],
    [
      "in a name that is new",
      (p) => {
        p.description = "New";
      },
      [{ pointer: "/description", to: "New" }],
    ],
    [
      "in tags",
      (p) => {
        p.metadata.tags = ["law"];
      },
      [{ pointer: "/metadata/tags/0", from: "finance", to: "law" }],
    ],
    [
      "in a member of the policy",
      (p) => {
        p.policy.allow_overrides = true;
      },
      [{ pointer: "/policy/allow_overrides", from: false, to: true }],
    ],
    [
      "in a field of a section",
      (p) => {
        p.runtime.step_settings_patch = { "ai-chat": { "ai-engine": "gpt-5", "openai-api-key": "sk-1" } };
      },
      [{ pointer: "/runtime/step_settings_patch/ai-chat/ai-engine", from: "gpt-4", to: "gpt-5" }],
    ],
    [
      "in a section, its secrets hidden",
      (p) => {
        p.runtime.step_settings_patch!.more = { api_key: "k", n: 1 };
      },
      [{ pointer: "/runtime/step_settings_patch/more", to: { api_key: "<redacted>", n: 1 } }],
    ],
    [
      "in names that pointers escape",
      (p) => {
        p.runtime.step_settings_patch!["a/b~c"] = {};
      },
      [{ pointer: "/runtime/step_settings_patch/a~1b~0c", to: {} }],
    ],
    [
      "in a tool",
      (p) => {
        p.runtime.tools = ["search", "web"];
      },
      [{ pointer: "/runtime/tools/1", from: "sql", to: "web" }],
    ],
    [
      "in the number of tools: as a whole",
      (p) => {
        p.runtime.tools = ["sql"];
      },
      [{ pointer: "/runtime/tools", from: ["search", "sql"], to: ["sql"] }],
    ],
    [
      "in a member of a middleware",
      (p) => {
        p.runtime.middlewares![1]!.enabled = false;
      },
      [{ pointer: "/runtime/middlewares/1/enabled", to: false }],
    ],
    [
      "in the order of middlewares: as a whole",
      (p) => {
        p.runtime.middlewares!.reverse();
      },
      [
        {
          pointer: "/runtime/middlewares",
          from: [{ name: "agentmode", id: "a" }, { name: "sqlite" }],
          to: [{ name: "sqlite" }, { name: "agentmode", id: "a" }],
        },
      ],
    ],
    [
      "in a config",
      (p) => {
        p.extensions = { [CONFIG_KEY]: { instances: { "id:v": { level: 2, api_token: "t-1" } } } };
      },
      [{ pointer: `/extensions/${CONFIG_KEY}/instances/id:v/level`, from: 1, to: 2 }],
    ],
    [
      "in a secret of a config",
      (p) => {
        p.extensions = { [CONFIG_KEY]: { instances: { "id:v": { level: 1, api_token: "t-2" } } } };
      },
      [
        {
          pointer: `/extensions/${CONFIG_KEY}/instances/id:v/api_token`,
          from: "<redacted>",
          to: "<redacted>",
        },
      ],
    ],
    [
      "in a secret that is new",
      (p) => {
        p.runtime.step_settings_patch!["ai-chat"] = {
          "ai-engine": "gpt-4",
          "openai-api-key": "sk-1",
          token: "x",
        };
      },
      [{ pointer: "/runtime/step_settings_patch/ai-chat/token", to: "<redacted>" }],
    ],
  ])("%s", (_name, change, expected) => {
    expect(documentDifferences(...changed(change))).toEqual(expected);
  });

  test("in all that one has, when the other was not there", () => {
    expect(documentDifferences(undefined, agent).map(({ pointer }) => pointer)).toEqual([
      "/display_name",
      "/extensions",
      "/metadata/tags",
      "/policy/allow_overrides",
      "/policy/read_only",
      "/runtime/middlewares",
      "/runtime/step_settings_patch",
      "/runtime/system_prompt",
      "/runtime/tools",
      "/slug",
    ]);
  });

  test("in a member that looks like a secret and is exempt: shown as it is", () => {
    const [before, after] = changed((p) => {
      p.runtime.step_settings_patch!.more = { eos_token: "</s>" };
    });
    expect(documentDifferences(before, after, secretExemptions(["eos_token"]))).toEqual([
      { pointer: "/runtime/step_settings_patch/more", to: { eos_token: "</s>" } },
    ]);
  });
});

test("registries differ in their members", () => {
  const before: Registry = aRegistry({ display_name: "Web", default_profile_slug: "a" });
  const after: Registry = aRegistry({
    default_profile_slug: "b",
    processing_modes: { fast: { profiles: ["a"] } },
  });
  expect(documentDifferences(before, after)).toEqual([
    { pointer: "/default_profile_slug", from: "a", to: "b" },
    { pointer: "/display_name", from: "Web" },
    { pointer: "/processing_modes", to: { fast: { profiles: ["a"] } } },
  ]);
});

const text = fc.string({ maxLength: 6 });
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
const profile: fc.Arbitrary<Profile> = fc
  .record(
    {
      display_name: text,
      runtime: fc.record(
        {
          system_prompt: text,
          step_settings_patch: stepSettings,
          tools: few(text),
          middlewares: few(
            fc.record(
              { name: fc.constantFrom("a", "b"), id: text, enabled: fc.boolean() },
              { requiredKeys: ["name"] },
            ),
          ),
        },
        { requiredKeys: [] },
      ),
      policy: fc.record({ allow_overrides: fc.boolean(), read_only: fc.boolean() }),
      extensions: fc.oneof(
        objectOf(fc.constantFrom("a.b@v1", "__proto__"), jsonWithSecrets),
        fc.record({
          [CONFIG_KEY]: fc.record({
            instances: objectOf(fc.constantFrom("id:a", "id:b"), objectWithSecrets),
          }),
        }),
      ),
    },
    { requiredKeys: ["runtime", "policy"] },
  )
  .map((members) => aProfile(members as Partial<Profile>));
/** Pairs that share most of what they hold. */
const pair = fc.oneof(
  fc.tuple(profile, profile),
  fc.tuple(profile, profile).map(([a, b]): [Profile, Profile] => [a, { ...a, runtime: b.runtime }]),
);

const seen = (document: Profile): Json => {
  const { metadata: _, ...content } = redactProfile(document, NONE);
  return content as unknown as Json;
};

/** What a reader of the differences makes of them. */
function applied(document: Json, pointer: string, to: Json | undefined): void {
  const steps = pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = steps.pop() ?? "";
  let at = document;
  for (const step of steps) at = Array.isArray(at) ? at[Number(step)]! : member(at as JsonObject, step)!;
  if (Array.isArray(at)) at[Number(last)] = to!;
  else if (to === undefined) delete (at as JsonObject)[last];
  else (at as JsonObject)[last] = to;
}

describe("the differences of any two documents", () => {
  test("are none where both are the same, in whatever order their members stand", () => {
    fc.assert(
      fc.property(profile, (one) => {
        expect(documentDifferences(one, reversed(one as unknown as Json) as unknown as Profile)).toEqual([]);
      }),
    );
  });

  test("are none only where both are the same", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(documentDifferences(a, b).length === 0).toBe(sameContent(a, b));
      }),
    );
  });

  test("do not depend on the order of members", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const turned = documentDifferences(a, reversed(b as unknown as Json) as unknown as Profile);
        expect(turned.map(({ pointer }) => pointer)).toEqual(
          documentDifferences(a, b).map(({ pointer }) => pointer),
        );
      }),
    );
  });

  test("lead from what is shown of the one to what is shown of the other", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const document = copyJson(seen(a));
        for (const { pointer, to } of documentDifferences(a, b)) applied(document, pointer, to);
        expect(equalJson(document, seen(b))).toBe(true);
      }),
    );
  });

  test("never hold a secret", () => {
    const withSecret = fc.tuple(pair, fc.constantFrom("sk-alpha", { deep: "sk-alpha" }));
    fc.assert(
      fc.property(withSecret, ([[a, b], secret]) => {
        const hide = (one: Profile, value: Json): Profile => ({
          ...one,
          runtime: {
            ...one.runtime,
            step_settings_patch: { ...one.runtime.step_settings_patch, s: { list: [{ apiKey: value }] } },
          },
          extensions: { [CONFIG_KEY]: { instances: { "id:a": { db_password: value } } } },
        });
        const differences = documentDifferences(hide(a, secret), hide(b, "sk-beta"));
        expect(JSON.stringify(differences)).not.toMatch(/sk-(alpha|beta)/);
        expect(differences.map(({ pointer }) => pointer)).toEqual(
          expect.arrayContaining([
            `/extensions/${CONFIG_KEY}/instances/id:a/db_password`,
            "/runtime/step_settings_patch/s/list/0/apiKey",
          ]),
        );
      }),
    );
  });
});

test("names of any kind are members like any other", () => {
  const odd = (value: Json): JsonObject => Object.assign(emptyObject(), { ["__proto__"]: value });
  const of = (value: Json) => aProfile({ policy: closed, extensions: odd(value) });
  expect(documentDifferences(of(1), of(2))).toEqual([{ pointer: "/extensions/__proto__", from: 1, to: 2 }]);
});
