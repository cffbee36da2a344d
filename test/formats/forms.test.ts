import { describe, expect, test } from "vitest";
import { lines, read, readDataFile, refusal } from "./reading.js";

const slugs = (items: readonly { slug: string }[]) => items.map(({ slug }) => slug);

describe("a registries map", () => {
  const source = readDataFile("registries.yaml");
  const [web, team] = source.registries;

  test("is recognised", () => {
    expect(source.format).toBe("canonical-registries");
  });

  test("gives its registries in the order of the file", () => {
    expect(slugs(source.registries)).toEqual(["default", "team"]);
  });

  test("names profiles by their keys where they have no slug", () => {
    expect(slugs(web?.profiles ?? [])).toEqual([
      "default",
      "inventory",
      "analyst",
      "fast-v1",
      "voice-fast-v1",
    ]);
  });

  test("carries a registry's own members, its processing modes unread", () => {
    expect(web?.input).toEqual({
      display_name: "Web chat",
      default_profile_slug: "default",
      processing_modes: {
        fast: { description: "Short answers for voice", profiles: ["fast-v1", "voice-fast-v1"] },
      },
    });
  });

  test("carries everything a profile can hold", () => {
    expect(web?.profiles.find(({ slug }) => slug === "analyst")?.input).toEqual({
      display_name: "Analyst",
      description: "Investigation and analysis assistant.",
      runtime: {
        system_prompt: "You are an analyst assistant.\nShow your working, cite the table you read from.\n",
        step_settings_patch: {
          "ai-chat": { "ai-engine": "gpt-5", "ai-api-type": "openai-responses" },
          "ai-inference": { "inference-reasoning-effort": "high" },
        },
        middlewares: [{ name: "agentmode", id: "default", enabled: true }],
      },
      policy: { allow_overrides: true, allowed_override_keys: ["systemPrompt", "step_settings_patch"] },
      extensions: {
        "middleware.agentmode_config@v1": {
          instances: { "id:default": { default_mode: "financial_analyst" } },
        },
      },
      tags: ["finance", "long-answers"],
    });
  });

  test("keeps inline middleware configs", () => {
    expect(web?.profiles.find(({ slug }) => slug === "inventory")?.input.runtime?.middlewares).toEqual([
      {
        name: "sqlite",
        id: "stock",
        config: { dsn: "file:stock.db?mode=ro", max_rows: 200, execution_timeout_ms: 1500 },
      },
    ]);
  });

  test("may hold a registry that says only some things", () => {
    expect(team).toEqual({
      slug: "team",
      input: { display_name: "Team presets", default_profile_slug: "locked" },
      profiles: [
        {
          slug: "locked",
          input: {
            display_name: "Compliance preset",
            runtime: { system_prompt: "You answer from the approved handbook only." },
            policy: { read_only: true },
          },
        },
      ],
    });
  });

  test("may be empty", () => {
    expect(read("registries:\n")).toMatchObject({ format: "canonical-registries", registries: [] });
  });

  test("takes a key without a value for a document with nothing set", () => {
    expect(read("registries: {r: {profiles: {p: }}, s: }").registries).toEqual([
      { slug: "r", input: {}, profiles: [{ slug: "p", input: {} }] },
      { slug: "s", input: {}, profiles: [] },
    ]);
  });

  test("stores keys normalised", () => {
    expect(slugs(read("registries: {' Team ': {profiles: {}}}").registries)).toEqual(["team"]);
  });

  test("ignores server-managed members and those it does not know", () => {
    const text =
      "registries: {r: {metadata: {version: 7}, colour: red, profiles: {p: {metadata: {version: 3}}}}}";
    expect(read(text).registries).toEqual([{ slug: "r", input: {}, profiles: [{ slug: "p", input: {} }] }]);
  });

  test("is read from JSON, tabs and all", () => {
    const text =
      '{\n\t"registries": {\n\t\t"r": {\n\t\t\t"profiles": {"p": {"display_name": "P"}}\n\t\t}\n\t}\n}\n';
    expect(read(text).registries).toEqual([
      { slug: "r", input: {}, profiles: [{ slug: "p", input: { display_name: "P" } }] },
    ]);
  });
});

describe("a single registry", () => {
  test("is a document with profiles and a slug", () => {
    expect(read("slug: Team\nprofiles: {a: {display_name: A}}")).toMatchObject({
      format: "single-registry",
      registries: [{ slug: "team", profiles: [{ slug: "a", input: { display_name: "A" } }] }],
    });
  });

  test("is a document with profiles and a default profile; without a slug it is the given registry", () => {
    const source = read("default_profile_slug: a\nprofiles: {a: }", "Given");
    expect(source.format).toBe("single-registry");
    expect(source.registries).toEqual([
      { slug: "given", input: { default_profile_slug: "a" }, profiles: [{ slug: "a", input: {} }] },
    ]);
  });
});

describe("a legacy map", () => {
  const source = readDataFile("legacy-providers.yaml", "tools");

  test("is recognised", () => {
    expect(source.format).toBe("legacy-map");
  });

  test("becomes step settings of profiles in the given registry, with nothing else set", () => {
    expect(source.registries).toHaveLength(1);
    expect(source.registries[0]?.slug).toBe("tools");
    expect(source.registries[0]?.profiles[1]).toEqual({
      slug: "mixtral",
      input: {
        runtime: {
          step_settings_patch: {
            "openai-chat": {
              "openai-base-url": "http://127.0.0.1:9911/v1",
              "openai-api-key": "not-a-real-key",
            },
            "ai-chat": { "ai-engine": "mistralai/Mixtral-8x7B-Instruct-v0.1", "ai-api-type": "openai" },
          },
        },
      },
    });
  });

  test("names profiles by normalised names", () => {
    expect(slugs(source.registries[0]?.profiles ?? [])).toEqual([
      "default",
      "mixtral",
      "zephyr-7b",
      "reasoner",
    ]);
  });

  test("has the profile `default` as the registry's default", () => {
    expect(source.registries[0]?.input).toEqual({ default_profile_slug: "default" });
  });

  test("without a profile `default` has the first by name", () => {
    const [registry] = readDataFile("legacy-engines.yaml").registries;
    expect(registry?.profiles).toHaveLength(5);
    expect(registry?.input).toEqual({ default_profile_slug: "gemini-2.5-flash" });
  });

  test("keeps names as they are written: 1.10 is not 1.1, null is a name", () => {
    expect(
      slugs(read("1.10: {s: {f: 1}}\nnull: {s: {f: 1}}\n0x10: {s: {f: 1}}").registries[0]!.profiles),
    ).toEqual(["1.10", "null", "0x10"]);
  });

  test("may hold a profile without settings", () => {
    expect(read("a:\n").registries[0]?.profiles).toEqual([
      { slug: "a", input: { runtime: { step_settings_patch: {} } } },
    ]);
  });

  test("is what `profiles` alone is", () => {
    expect(slugs(read("profiles: {a: {b: 1}}").registries[0]!.profiles)).toEqual(["profiles"]);
  });

  test("refuses a profile that is no object", () => {
    expect(refusal("a: {s: {f: 1}}\nb: text")).toBe('f.yaml:2:4: profile "b" must be an object');
  });

  test("leaves sections to validation", () => {
    expect(read("a: {s: 1}").registries[0]?.profiles[0]?.input.runtime?.step_settings_patch).toEqual({
      s: 1,
    });
  });
});

describe("a file that holds nothing", () => {
  test.each([
    ["no text", ""],
    ["a comment", "# later\n"],
    ["an empty document", "---\n"],
    ["null", "null\n"],
    ["an empty object", "{}"],
    ["a byte order mark", "\uFEFF"],
  ])("is empty: %s", (_name, text) => {
    expect(read(text)).toMatchObject({ format: "empty", registries: [] });
  });
});

describe("the state of a YAML store", () => {
  test("is no document", () => {
    expect(read("state: {revision: 4}\nregistries: {r: {profiles: {p: }}}").registries).toHaveLength(1);
  });

  test("is nothing by itself", () => {
    expect(read("state: {revision: 4}").format).toBe("empty");
  });
});

describe("slugs", () => {
  test("may repeat their key in other letters", () => {
    expect(slugs(read("registries: {Team: {slug: ' TEAM'}}").registries)).toEqual(["team"]);
  });

  test("must not contradict their key", () => {
    expect(refusal(lines("registries:", "  r:", "    profiles:", "      a:", "        slug: b"))).toBe(
      'f.yaml:5:15: profile slug "b" contradicts its key "a"',
    );
  });

  test("of a registry must not contradict its key", () => {
    expect(refusal("registries: {r: {slug: s}}")).toBe(
      'f.yaml:1:24: registry slug "s" contradicts its key "r"',
    );
  });

  test("must be valid, as keys", () => {
    expect(refusal("registries:\n  r:\n    profiles:\n      a b: {}")).toBe(
      'f.yaml:4:7: profile slug "a b" is invalid',
    );
  });

  test("must be valid, as members", () => {
    expect(refusal("slug: -x\nprofiles: {}")).toBe('f.yaml:1:7: registry slug "-x" is invalid');
  });

  test("must not be empty", () => {
    expect(refusal("'': {s: {f: 1}}")).toBe("f.yaml:1:1: profile slug cannot be empty");
  });

  test("must be strings", () => {
    expect(refusal("slug: 3\nprofiles: {}")).toBe("f.yaml:1:7: slug must be a string");
  });

  test("must differ after normalisation", () => {
    expect(refusal("Zephyr: {s: {f: 1}}\nzephyr: {s: {f: 1}}")).toBe(
      'f.yaml:2:1: profile slug "zephyr" is used twice (first on line 1)',
    );
  });

  test("of registries must differ after normalisation", () => {
    expect(refusal("registries:\n  R:\n  r:\n")).toBe(
      'f.yaml:3:3: registry slug "r" is used twice (first on line 2)',
    );
  });

  test("given by the caller must be valid where the file needs them", () => {
    expect(() => read("a: {s: {f: 1}}", "no slug")).toThrow('registry slug "no slug" is invalid');
    expect(read("registries: {}", "no slug").registries).toEqual([]);
  });
});
