import { describe, expect, test } from "vitest";
import { DomainError } from "../../src/index.js";
import { CALLER, emptyTarget, refusal, source, type Target, targetWith } from "./importing.js";

const TEAM = `registries:
  team:
    display_name: Team
    default_profile_slug: agent
    metadata: {tags: [x]}
    profiles:
      agent:
        display_name: Agent
        runtime:
          system_prompt: Be brief.
          step_settings_patch: {ai-chat: {openai-api-key: sk-1, ai-engine: gpt-5}}
          middlewares: [{name: agentmode, id: a, config: {default_mode: fast}}, {name: sqlite}]
        extensions:
          middleware.sqlite_config@v1: {instances: {"index:1": {dsn: one}}}
      locked:
        policy: {read_only: true}
      other:
        description: Other
`;

const profile = async ({ services }: Target, slug: string) =>
  (await services.profiles.getProfile({ registry: "team", slug })).profile;
const registry = async ({ services }: Target) => (await services.registries.getRegistry("team")).registry;
const only = (members: string) => `registries: {team: {profiles: {${members}}}}`;

describe("documents that do not exist", () => {
  test("are created, the registry before its profiles", async () => {
    const target = await emptyTarget();
    expect(await target.outcome(TEAM)).toEqual([
      "+ team",
      "+ team/agent",
      "+ team/locked",
      "+ team/other",
      "4 0 0 0",
    ]);
    expect(await profile(target, "agent")).toMatchObject({
      metadata: { version: 1, created_by: "tester", source: "import" },
      extensions: { "middleware.agentmode_config@v1": { instances: { "id:a": { default_mode: "fast" } } } },
    });
    expect((await registry(target)).metadata).toMatchObject({ version: 1, source: "import" });
  });

  test("are written in one commit, with a log entry each", async () => {
    const target = await emptyTarget();
    const { revision } = await target.apply(TEAM);
    const log = await target.store.readLog({ limit: 10 });
    expect(log.map(({ operation, commitRevision }) => [operation, commitRevision])).toEqual([
      ["create_registry", revision],
      ...Array.from({ length: 3 }, () => ["create_profile", revision]),
    ]);
  });

  test("go on counting where they were before", async () => {
    const target = await targetWith(TEAM);
    await target.services.profiles.deleteProfile({ registry: "team", slug: "other" }, CALLER);
    await target.apply(only("other: {}"));
    expect((await profile(target, "other")).metadata.version).toBe(2);
  });

  test("may be marked read-only by the file", async () => {
    expect((await profile(await targetWith(TEAM), "locked")).policy.read_only).toBe(true);
  });
});

describe("documents that are stored as the file has them", () => {
  test("are not written", async () => {
    const target = await targetWith(TEAM);
    const before = await target.store.revision();
    expect(await target.outcome(TEAM)).toEqual(["0 0 4 0"]);
    expect(await target.store.revision()).toBe(before);
    expect((await registry(target)).metadata.version).toBe(1);
  });

  test("are not written whatever the file says of what the server manages", async () => {
    const target = await targetWith(TEAM);
    expect(
      await target.outcome(only("other: {description: Other, metadata: {version: 7, source: rest}}")),
    ).toEqual(["0 0 2 0"]);
  });

  test("are not written when they are read-only", async () => {
    const target = await targetWith(TEAM);
    expect(await target.outcome(only("locked: {policy: {read_only: true}}"))).toEqual(["0 0 2 0"]);
    expect(await target.outcome(only("locked: {}"))).toEqual(["0 0 2 0"]);
  });

  test("may have a middleware that the catalogue has lost", async () => {
    const target = await targetWith(TEAM);
    const stored = await profile(target, "other");
    const { version: _, ...metadata } = stored.metadata;
    await target.store.commit({
      timeMs: 1,
      ...CALLER,
      expect: [],
      changes: [
        {
          operation: "update_profile",
          registry: "team",
          profile: { ...stored, runtime: { middlewares: [{ name: "lost" }] }, metadata },
        },
      ],
    });
    expect(await target.outcome(await target.exported())).toEqual(["0 0 4 0"]);
    expect(
      await refusal(target.apply(only("other: {runtime: {middlewares: [{name: lost}], tools: [a]}}"))),
    ).toBe('f.yaml:1:71: validation error (runtime.middlewares[0].name): unknown middleware "lost"');
  });
});

describe("a profile that the file names", () => {
  test("is replaced whole, and keeps who created it", async () => {
    const target = await targetWith(TEAM);
    expect(await target.outcome(only("agent: {runtime: {tools: [a]}}"))).toEqual([
      "~ team/agent /display_name /extensions /runtime/middlewares /runtime/step_settings_patch /runtime/system_prompt /runtime/tools",
      "0 1 1 0",
    ]);
    const { metadata, slug, ...content } = await profile(target, "agent");
    expect(content).toEqual({
      runtime: { tools: ["a"] },
      policy: { allow_overrides: false, read_only: false },
    });
    expect(metadata).toMatchObject({ version: 2, created_by: "tester", source: "import" });
  });

  test("keeps no config of a middleware that has moved: the file says all of it", async () => {
    const target = await targetWith(TEAM);
    const moved = only("agent: {runtime: {middlewares: [{name: sqlite}]}}");
    await target.apply(moved);
    expect((await profile(target, "agent")).extensions).toBeUndefined();
    expect(await target.outcome(moved)).toEqual(["0 0 2 0"]);
  });

  test("keeps the others and the registry's members", async () => {
    const target = await targetWith(TEAM);
    await target.apply(only("new: {}"));
    expect(await registry(target)).toMatchObject({
      display_name: "Team",
      default_profile_slug: "agent",
      metadata: { version: 2, tags: ["x"] },
    });
    await expect(profile(target, "other")).resolves.toBeDefined();
  });

  test("keeps the mark `read_only` as stored", async () => {
    const target = await targetWith(TEAM);
    await target.apply(only("other: {policy: {read_only: true}, display_name: New}"));
    await target.apply(only("locked: {display_name: New}"), { includeReadOnly: true });
    expect((await profile(target, "other")).policy.read_only).toBe(false);
    expect((await profile(target, "locked")).policy.read_only).toBe(true);
  });
});

describe("a read-only profile", () => {
  test("refuses the whole import when it would change", async () => {
    const target = await targetWith(TEAM);
    const before = await target.exported();
    expect(await refusal(target.apply(only("new: {}, locked: {display_name: New}")))).toBe(
      'policy violation for profile "locked": profile is read-only',
    );
    expect(await target.exported()).toBe(before);
  });

  test("refuses before anything else that is wrong, and in the plan too", async () => {
    const target = await targetWith(TEAM);
    const text = only("agent: {runtime: {tools: ['']}}, locked: {runtime: {tools: ['']}}");
    expect(await refusal(target.plan(text))).toMatch(/profile is read-only/);
    expect(await refusal(target.plan(text, { includeReadOnly: true }))).toMatch(/must not be empty/);
  });

  test("is deleted only when that was asked for", async () => {
    const target = await targetWith(TEAM);
    const text = only("agent: {}");
    expect(await refusal(target.apply(text, { replace: true }))).toBe(
      'policy violation for profile "locked": profile is read-only',
    );
    expect(await target.outcome(text, { replace: true, includeReadOnly: true })).toContain("- team/locked");
  });
});

describe("secrets", () => {
  const settings = (key: string) =>
    only(`agent: {runtime: {step_settings_patch: {ai-chat: {openai-api-key: ${key}, ai-engine: gpt-5}}}}`);

  test("that come back redacted keep the stored value", async () => {
    const target = await targetWith(TEAM);
    await target.apply(settings("<redacted>"));
    expect((await profile(target, "agent")).runtime.step_settings_patch).toEqual({
      "ai-chat": { "openai-api-key": "sk-1", "ai-engine": "gpt-5" },
    });
    expect(await target.outcome(settings("<redacted>"))).toEqual(["0 0 2 0"]);
  });

  test("that change are told, and not shown", async () => {
    const target = await targetWith(settings("sk-1"));
    const { plan } = await target.apply(settings("sk-2"));
    expect(plan.changes[0]?.differences).toEqual([
      {
        pointer: "/runtime/step_settings_patch/ai-chat/openai-api-key",
        from: "<redacted>",
        to: "<redacted>",
      },
    ]);
  });

  test("that come back redacted where none is stored are refused", async () => {
    const target = await emptyTarget();
    expect(await refusal(target.apply(settings("<redacted>")))).toMatch(
      /^f\.yaml:1:\d+: validation error \(runtime\.step_settings_patch\.ai-chat\.openai-api-key\): no stored value to keep$/,
    );
  });
});

describe("with replace", () => {
  test("profiles that the file does not name are deleted, those of other registries stay", async () => {
    const target = await targetWith(`${TEAM}  elsewhere: {profiles: {a: {}}}\n`);
    const options = { replace: true, includeReadOnly: true };
    expect(await target.outcome(only("agent: {}, new: {}"), options)).toEqual([
      "~ team /default_profile_slug /display_name /metadata/tags",
      expect.stringMatching(/^~ team\/agent /),
      "+ team/new",
      "- team/locked",
      "- team/other",
      "1 2 0 2",
    ]);
    expect((await target.services.registries.listRegistries()).registries.map(({ slug }) => slug)).toEqual([
      "elsewhere",
      "team",
    ]);
  });

  test("a registry becomes exactly what was exported", async () => {
    const target = await targetWith(TEAM);
    const before = await target.exported();
    await target.apply(
      `registries: {team: {display_name: Other, default_profile_slug: new, profiles: {new: {}}}}`,
    );
    expect(await target.exported()).not.toBe(before);
    await target.apply(before, { replace: true });
    expect(await target.exported()).toBe(before);
  });

  test("processing modes go too where the file has none", async () => {
    const target = await targetWith(
      "registries: {team: {processing_modes: {fast: {profiles: [a]}}, profiles: {a: {}}}}",
    );
    await target.apply(only("b: {}"), { replace: true });
    expect(await registry(target)).not.toHaveProperty("processing_modes");
  });

  test("many profiles are compared and deleted", async () => {
    const target = await emptyTarget();
    const named = (from: number, to: number) =>
      only(Array.from({ length: to - from }, (_, i) => `p${from + i}: {}`).join(", "));
    await target.apply(named(0, 450));
    expect((await target.outcome(named(200, 460), { replace: true })).at(-1)).toBe("10 0 251 200");
  });
});

describe("the default profile", () => {
  const text = "validation error (registry.default_profile_slug): default profile does not exist in registry";

  test("may be one that is stored already", async () => {
    const target = await targetWith(TEAM);
    await target.apply("registries: {team: {default_profile_slug: other, profiles: {}}}");
    expect((await registry(target)).default_profile_slug).toBe("other");
  });

  test("must exist afterwards", async () => {
    const target = await targetWith(TEAM);
    expect(await refusal(target.apply("registries: {team: {default_profile_slug: nope}}"))).toBe(
      `f.yaml:1:43: ${text}`,
    );
    expect(
      await refusal(
        target.apply("registries: {team: {default_profile_slug: agent, profiles: {a: {}}}}", {
          replace: true,
          includeReadOnly: true,
        }),
      ),
    ).toBe(`f.yaml:1:43: ${text}`);
  });

  test("is cleared by a blank one", async () => {
    const target = await targetWith(TEAM);
    await target.apply("registries: {team: {default_profile_slug: ''}}");
    expect((await registry(target)).default_profile_slug).toBeUndefined();
  });
});

describe("a legacy map", () => {
  const MAP = "default: {s: {f: 1}}\nzebra: {s: {f: 2}}\n";

  test("gives its registry a default profile when it creates it", async () => {
    expect((await registry(await targetWith(MAP))).default_profile_slug).toBe("default");
  });

  test("leaves the registry as it is", async () => {
    const target = await targetWith(TEAM);
    await target.apply(MAP);
    expect(await registry(target)).toMatchObject({ display_name: "Team", default_profile_slug: "agent" });
  });

  test("gives a default profile in the place of one that it deletes", async () => {
    const target = await targetWith(TEAM);
    await target.apply(MAP, { replace: true, includeReadOnly: true });
    expect(await registry(target)).toMatchObject({ display_name: "Team", default_profile_slug: "default" });
  });
});

describe("what is wrong", () => {
  test("is reported for all documents, each at its place", async () => {
    const target = await emptyTarget();
    const broken = `registries:
  team:
    default_profile_slug: nope
    profiles:
      a: {runtime: {tools: [x, '']}}
      b:
        runtime:
          middlewares: [{name: unknown}]
          tools: ['']
`;
    const error = (await target.apply(broken).catch((caught: unknown) => caught)) as DomainError;
    expect(error).toBeInstanceOf(DomainError);
    expect(error.code).toBe("validation");
    expect(error.message).toBe(
      "f.yaml:3:27: validation error (registry.default_profile_slug): default profile does not exist in registry (and 3 more)",
    );
    expect(error.violations.map(({ field, reason }) => `${field}: ${reason}`)).toEqual([
      "f.yaml:3:27: validation error (registry.default_profile_slug): default profile does not exist in registry",
      "f.yaml:5:32: validation error (runtime.tools[1]): must not be empty",
      'f.yaml:8:32: validation error (runtime.middlewares[0].name): unknown middleware "unknown"',
      "f.yaml:9:19: validation error (runtime.tools[0]): must not be empty",
    ]);
    expect(await target.store.revision()).toBe(0);
  });

  test("is reported a hundred times at most", async () => {
    const target = await emptyTarget();
    const many = only(Array.from({ length: 150 }, (_, i) => `p${i}: {runtime: {tools: ['']}}`).join(", "));
    const error = (await target.apply(many).catch((caught: unknown) => caught)) as DomainError;
    expect(error.violations).toHaveLength(100);
    expect(error.message).toMatch(/ \(and 149 more\)$/);
  });

  test("is a registry in two files", async () => {
    const { services } = await emptyTarget();
    const sources = [source(TEAM, "one.yaml"), source(only("a: {}"), "two.yaml")];
    expect(
      await refusal(services.imports.planImport(sources, { replace: false, includeReadOnly: false })),
    ).toBe('two.yaml:1:14: registry slug "team" is used twice (first in one.yaml)');
  });
});

test("several files are one import", async () => {
  const { services } = await emptyTarget();
  const sources = [source(TEAM, "one.yaml"), source("registries: {web: {profiles: {a: {}}}}", "two.yaml")];
  const { plan } = await services.imports.applyImport(
    sources,
    { replace: false, includeReadOnly: false },
    CALLER,
  );
  expect(plan.counts.created).toBe(6);
});

test("a plan is what an import would do, and writes nothing", async () => {
  const target = await targetWith(TEAM);
  const { plan, revision } = await target.plan(only("agent: {}, new: {}"));
  expect(await target.store.revision()).toBe(revision);
  expect((await target.apply(only("agent: {}, new: {}"))).plan).toEqual(plan);
});

test("an import that is only validated answers as if written, and writes nothing", async () => {
  const target = await emptyTarget();
  const { plan, revision } = await target.services.imports.applyImport(
    [source(TEAM)],
    { replace: false, includeReadOnly: false },
    { ...CALLER, validateOnly: true },
  );
  expect([plan.counts.created, revision, await target.store.revision()]).toEqual([4, 0, 0]);
});

test("a retry is answered with the first plan", async () => {
  const target = await emptyTarget();
  const apply = () =>
    target.services.imports.applyImport(
      [source(TEAM)],
      { replace: false, includeReadOnly: false },
      { ...CALLER, retry: { key: "k", request: "r" } },
    );
  const first = await apply();
  expect(await apply()).toEqual(first);
  expect(first.plan.counts.created).toBe(4);
});
