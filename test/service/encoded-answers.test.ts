import { describe, expect, test } from "vitest";
import { createServices } from "../../src/index.js";
import { createEncodedAnswers } from "../../src/service/encoded-answers.js";
import type { ResolveObserver } from "../../src/service/resolver.js";
import { createDocumentCache } from "../../src/store/document-cache.js";
import {
  type Answering,
  answering,
  CALLER,
  FLAGS_ON,
  MODES,
  restAsking,
  rpcAsking,
  SETTINGS,
} from "./answering.js";
import { refusal } from "./rolling-out.js";

const DEFAULT = { selection: {} };
const OTHER = { selection: { query_profile: "other" } };
const FAST = { processing: { mode: "fast" } };

/** With the mode `fast`, whose profile is there, on for all. */
async function withFast(): Promise<Answering> {
  const target = await answering();
  await target.updateRegistry({ processing_modes: MODES });
  await target.createProfile("fast-v1", { runtime: { system_prompt: "Fast" } });
  await rollout(target, { ...FLAGS_ON, percentage: 100 });
  return target;
}

function rollout({ services }: Answering, input: object): Promise<unknown> {
  const name = { registry: undefined, mode: "fast" };
  return services.rollouts.updateRollout({ ...name, input, force: true, reason: "test" }, CALLER);
}

describe("an answer is reused", () => {
  test("without reading the question, for whoever asks it", async () => {
    await using target = await answering();
    const first = await target.get({ ...OTHER, conv_id: "c-1" });
    const second = await target.get({ ...OTHER, conv_id: "c-2", targeting_key: "u-2" });
    expect([first.read, second.read]).toEqual([true, false]);
    expect(second.json).toEqual({ ...first.json, conv_id: "c-2" });
  });

  test("after a write to another profile, as of the new revision", async () => {
    await using target = await answering();
    const before = await target.get(OTHER);
    await target.updateProfile("default", { description: "new" });
    const after = await target.get(OTHER);
    expect(after).toEqual({ json: { ...before.json, revision: before.json.revision + 1 }, read: false });
  });

  test("after a write to another registry", async () => {
    await using target = await answering();
    await target.get(OTHER);
    await target.services.registries.createRegistry({ slug: "team", input: {} }, CALLER);
    expect((await target.get(OTHER)).read).toBe(false);
  });

  test("after a write that was refused", async () => {
    await using target = await answering();
    await target.get(OTHER);
    await expect(target.createProfile("other")).rejects.toThrow("already exists");
    expect((await target.get(OTHER)).read).toBe(false);
  });

  test("after a change of a rollout, where no mode was asked for", async () => {
    await using target = await withFast();
    await target.get(OTHER);
    await rollout(target, { percentage: 1 });
    expect((await target.get(OTHER)).read).toBe(false);
  });

  test("not for a question whose key is longer than it is worth", async () => {
    await using target = await answering();
    const long = { selection: { query_profile: "other", cookie: "x".repeat(5_000) } };
    expect([(await target.get(long)).read, (await target.get(long)).read]).toEqual([true, true]);
  });

  test("not for a question without a key", async () => {
    await using target = await answering();
    const { question } = restAsking(OTHER);
    let reads = 0;
    const read = () => {
      reads++;
      return question.read();
    };
    for (let i = 0; i < 2; i++)
      await target.services.resolver.answer({ key: undefined, shown: "none", read });
    expect(reads).toBe(2);
  });

  test("not for somebody who is shown other secrets", async () => {
    await using target = await answering();
    const step_settings_patch = { chat: { api_key: "theirs" } };
    await target.updateProfile("other", { runtime: { step_settings_patch } });
    for (const shown of ["own", "all", "own", "all"] as const) {
      const { question, join } = rpcAsking({ profile: "other" }, false, shown);
      const text = join(await target.services.resolver.answer(question));
      expect(text.includes("theirs")).toBe(shown === "all");
    }
  });

  test("only for the same key", async () => {
    await using target = await answering();
    await target.get(OTHER);
    for (const request of [DEFAULT, { ...OTHER, runtime_key: "k" }, { ...OTHER, explain: true }])
      expect((await target.get(request)).read).toBe(true);
  });
});

describe("an answer is encoded anew", () => {
  test("after a write to its profile", async () => {
    await using target = await answering();
    await target.get(OTHER);
    await target.updateProfile("other", { runtime: { system_prompt: "New" } });
    const { json, read } = await target.get(OTHER);
    expect([read, json.runtime.system_prompt, json.profile_version]).toEqual([true, "New", 2]);
  });

  test("after a write to its profile that these services know of by the store alone", async () => {
    await using target = await answering();
    await target.get(OTHER);
    const elsewhere = createServices({ store: target.store, catalog: SETTINGS.catalog });
    const update = { registry: undefined, slug: "other", setDefault: false };
    await elsewhere.profiles.updateProfile({ ...update, input: { description: "new" } }, CALLER);
    expect((await target.get(OTHER)).json.profile_version).toBe(2);
  });

  test("when the registry gets another default profile", async () => {
    await using target = await answering();
    const chosen = async () => (await target.get(DEFAULT)).json.profile;
    expect(await chosen()).toBe("default");
    for (const default_profile_slug of ["other", "default", "other", ""]) {
      await target.updateRegistry({ default_profile_slug });
      expect(await chosen()).toBe(default_profile_slug || "default");
    }
  });

  test("when the default profile is deleted, and when it is there again", async () => {
    await using target = await answering();
    await target.get(DEFAULT);
    await target.services.profiles.deleteProfile({ registry: undefined, slug: "default" }, CALLER);
    expect(await refusal(target.get(DEFAULT))).toContain("registry has no default");
    await target.createProfile("default", { runtime: { system_prompt: "Again" } });
    expect((await target.get(DEFAULT)).json.runtime.system_prompt).toBe("Again");
  });

  test("when the default profile is one that was missing before", async () => {
    await using target = await answering();
    await target.services.profiles.deleteProfile({ registry: undefined, slug: "default" }, CALLER);
    expect(await refusal(target.get(DEFAULT))).toContain("registry has no default");
    const input = { registry: undefined, slug: "first", input: {}, setDefault: true };
    await target.services.profiles.createProfile(input, CALLER);
    expect((await target.get(DEFAULT)).json.profile).toBe("first");
  });

  test("after a write to its registry", async () => {
    await using target = await answering();
    await target.get(OTHER);
    await target.updateRegistry({ display_name: "New" });
    expect((await target.get(OTHER)).read).toBe(true);
  });

  test("when its registry is deleted and there again, with other profiles", async () => {
    await using target = await answering();
    const { registries } = target.services;
    const asked = { selection: { registry: "team", query_profile: "a" } };
    const prompt = async () => (await target.get(asked)).json.runtime.system_prompt;
    await registries.createRegistry({ slug: "team", input: {} }, CALLER);
    await target.createProfile("a", { runtime: { system_prompt: "First" } }, "team");
    expect(await prompt()).toBe("First");
    await registries.deleteRegistry({ registry: "team", force: true }, CALLER);
    expect(await refusal(prompt())).toBe("not_found: registry not found");
    await registries.createRegistry({ slug: "team", input: {} }, CALLER);
    expect(await refusal(prompt())).toBe("not_found: profile not found: a");
    await target.createProfile("a", { runtime: { system_prompt: "Again" } }, "team");
    expect(await prompt()).toBe("Again");
  });

  test("when the profile that a cookie names is there", async () => {
    await using target = await answering();
    const asked = { selection: { cookie: "team:a" } };
    const stale = [{ source: "cookie", value: "team:a", reason: "profile not found" }];
    const chosen = async () => (await target.get(asked)).json;
    expect(await chosen()).toMatchObject({ profile: "default", selection: { ignored: stale } });
    await target.services.registries.createRegistry({ slug: "team", input: {} }, CALLER);
    expect(await chosen()).toMatchObject({ profile: "default", selection: { ignored: stale } });
    await target.createProfile("a", {}, "team");
    expect(await chosen()).toMatchObject({ registry: "team", profile: "a" });
    await target.services.profiles.deleteProfile({ registry: "team", slug: "a" }, CALLER);
    expect(await chosen()).toMatchObject({ profile: "default", selection: { ignored: stale } });
  });
});

describe("a wish for a mode", () => {
  test("is decided for each conversation, in its own bucket", async () => {
    await using target = await withFast();
    await rollout(target, { percentage: 50 });
    const buckets = new Map<number, string>();
    for (let i = 0; i < 20; i++) {
      const { json } = await target.get({ ...OTHER, ...FAST, conv_id: `c-${i}` });
      const { bucket = -1, applied_mode } = json.processing;
      expect(applied_mode).toBe(bucket < 5_000 ? "fast" : "default");
      expect(json.runtime.system_prompt).toBe(applied_mode === "fast" ? "Fast" : "Other");
      buckets.set(bucket, applied_mode);
    }
    expect(buckets.size).toBe(20);
    expect(new Set(buckets.values()).size).toBe(2);
  });

  test("is encoded once for all that get the same of it", async () => {
    await using target = await withFast();
    await rollout(target, { percentage: 50 });
    for (let i = 0; i < 20; i++) await target.get({ ...OTHER, ...FAST, conv_id: `c-${i}` });
    expect(target.services.resolver.reuse().misses).toBe(2);
  });

  test("is not granted any more once the mode is turned off, and is again once it is on", async () => {
    await using target = await withFast();
    const applied = async () => (await target.get({ ...OTHER, ...FAST })).json.processing.applied_mode;
    expect(await applied()).toBe("fast");
    for (const on of [false, true]) {
      await rollout(target, { runtime_enabled: on });
      expect(await applied()).toBe(on ? "fast" : "default");
    }
    await target.services.rollouts.rollbackRollout(
      { registry: undefined, mode: "fast", kind: "soft", reason: "test" },
      CALLER,
    );
    expect(await applied()).toBe("default");
  });

  test("is granted to the cohort from the write on that names it", async () => {
    await using target = await withFast();
    await rollout(target, { percentage: 0 });
    const outcome = async () =>
      (await target.get({ ...FAST, conv_id: "c", targeting_key: "u" })).json.processing.outcome;
    expect(await outcome()).toBe("not_in_rollout");
    await rollout(target, { cohort: ["u"] });
    expect(await outcome()).toBe("applied");
  });

  test("gets the mode's profile as it was written last", async () => {
    await using target = await withFast();
    const prompt = async () => (await target.get({ ...OTHER, ...FAST })).json.runtime.system_prompt;
    expect(await prompt()).toBe("Fast");
    await target.updateProfile("fast-v1", { runtime: { system_prompt: "Faster" } });
    expect(await prompt()).toBe("Faster");
    await target.services.profiles.deleteProfile({ registry: undefined, slug: "fast-v1" }, CALLER);
    expect(await prompt()).toBe("Other");
    await target.createProfile("fast-v1", { runtime: { system_prompt: "Fastest" } });
    expect(await prompt()).toBe("Fastest");
  });

  test("gets another profile once the registry declares another for the mode", async () => {
    await using target = await withFast();
    const applied = async () => (await target.get({ ...DEFAULT, ...FAST })).json.processing.profile;
    expect(await applied()).toBe("fast-v1");
    await target.updateRegistry({ processing_modes: { fast: { profiles: ["other"] } } });
    expect(await applied()).toBe("other");
  });

  test("is not the answer of another request, whatever that holds after the same text", async () => {
    await using target = await withFast();
    const { question } = restAsking({ ...OTHER, ...FAST });
    await target.services.resolver.answer(question);
    const read = () => {
      throw new TypeError("there is no such request");
    };
    const longer = { ...question, key: `${question.key}\0fast-v1`, read };
    await expect(target.services.resolver.answer(longer)).rejects.toThrow("there is no such request");
  });
});

describe("what a request brings along", () => {
  const own = (prompt: string) => ({ ...OTHER, request_overrides: { system_prompt: prompt } });
  const open = { policy: { allow_overrides: true } };

  test("is kept from the second time on", async () => {
    await using target = await answering();
    await target.updateProfile("other", open);
    const reads: boolean[] = [];
    for (let i = 0; i < 4; i++) reads.push((await target.get(own("Mine"))).read);
    expect(reads).toEqual([true, true, false, false]);
  });

  test("drives nothing out by being new every time", async () => {
    await using target = await answering();
    await target.updateProfile("other", open);
    await target.get(OTHER);
    const { bytes } = target.services.resolver.reuse();
    for (let i = 0; i < 50; i++) {
      expect((await target.get(own(`Mine ${i}`))).json.runtime.system_prompt).toBe(`Mine ${i}`);
    }
    expect(target.services.resolver.reuse().bytes).toBe(bytes);
  });

  test("is refused from the write on by which the policy refuses it", async () => {
    await using target = await answering();
    await target.updateProfile("other", open);
    for (let i = 0; i < 3; i++) await target.get(own("Mine"));
    await target.updateProfile("other", { policy: { allow_overrides: false } });
    expect(await refusal(target.get(own("Mine")))).toMatch(/^policy/);
  });
});

describe("a refusal", () => {
  test("is not kept: what was asked for may come to be", async () => {
    await using target = await answering();
    const asked = { selection: { query_profile: "new" } };
    for (let i = 0; i < 2; i++) expect(await refusal(target.get(asked))).toContain("profile not found");
    expect(target.services.resolver.reuse()).toEqual({ hits: 0, misses: 0, bytes: 0 });
    await target.createProfile("new");
    expect((await target.get(asked)).json.profile).toBe("new");
  });

  test("of a question that cannot be read is what reading it throws", async () => {
    await using target = await answering();
    const read = () => {
      throw new TypeError("cannot be read");
    };
    const asking = target.services.resolver.answer({ key: "k", shown: "none", read });
    await expect(asking).rejects.toThrow("cannot be read");
  });
});

describe("the budget", () => {
  /** Asks for profiles one after the other, of answers that may take `maxBytes`; answers how often one was reused. */
  async function reusedOf(target: Answering, maxBytes: number, slugs: string[]) {
    const answers = createEncodedAnswers(SETTINGS, { maxBytes });
    const documents = createDocumentCache(target.store);
    for (const slug of slugs) {
      const { question } = restAsking({ selection: { query_profile: slug } });
      await documents.decide((view) => answers.find(view, question));
    }
    return answers.usage();
  }

  test("holds what it has room for", async () => {
    await using target = await answering();
    const slugs = ["default", "other", "default", "other"];
    expect(await reusedOf(target, 10_000, slugs)).toMatchObject({ hits: 2, misses: 2 });
  });

  test("is never exceeded, whatever is asked for", async () => {
    await using target = await answering();
    const { bytes } = await reusedOf(target, 100_000, ["other"]);
    const usage = await reusedOf(target, bytes + 100, ["default", "other", "other", "default", "other"]);
    expect(usage).toMatchObject({ hits: 1, misses: 4, bytes });
    expect(await reusedOf(target, 100, ["other", "other"])).toEqual({ hits: 0, misses: 2, bytes: 0 });
  });
});

describe("whoever observes is told", () => {
  async function observed() {
    const told: unknown[] = [];
    const observer: ResolveObserver = {
      answered: ({ ai_engine, request_overrides }, { registry, processing }) =>
        void told.push([registry, processing.outcome, ai_engine, request_overrides]),
      failed: (request, error) => void told.push([request.selection.query_profile, String(error)]),
    };
    return { target: await answering(observer), told };
  }

  test("of every answer once, reused or not", async () => {
    const { target, told } = await observed();
    await using _ = target;
    for (let i = 0; i < 3; i++) await target.get({ ...OTHER, conv_id: `${i}` });
    expect(told).toEqual(Array.from({ length: 3 }, () => ["default", "not_requested", undefined, undefined]));
  });

  test("of the overrides that a request came with, reused or not", async () => {
    const { target, told } = await observed();
    await using _ = target;
    await target.updateProfile("other", { policy: { allow_overrides: true } });
    const request_overrides = { system_prompt: "Mine" };
    for (let i = 0; i < 4; i++) await target.get({ ...OTHER, ai_engine: "gpt", request_overrides });
    expect(told).toEqual(
      Array.from({ length: 4 }, () => ["default", "not_requested", "gpt", request_overrides]),
    );
  });

  test("of what was refused, with its request", async () => {
    const { target, told } = await observed();
    await using _ = target;
    await refusal(target.get({ selection: { query_profile: "nobody" } }));
    expect(told).toEqual([["nobody", expect.stringContaining("profile not found")]]);
  });
});
