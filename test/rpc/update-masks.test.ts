import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { ProfileSchema } from "../../gen/profileregistry/v1/profile_pb.js";
import { refusalOf, sharedRpc } from "../support/rpc.js";

const rpc = sharedRpc();
type ProfileInit = Exclude<MessageInitShape<typeof ProfileSchema>, { $typeName: string }>;

const FULL: ProfileInit = {
  displayName: "Full",
  description: "All of it.",
  runtime: { systemPrompt: "Prompt", tools: ["t"] },
  policy: { allowOverrides: true, deniedOverrideKeys: ["tools"] },
  metadata: { tags: ["x"] },
  extensions: { "acme.a@v1": { kind: { case: "numberValue", value: 1 } } },
};

/** What a profile that had everything has after the update. */
async function updated(slug: string, changes: ProfileInit, paths?: string[]) {
  await rpc.registry.createProfile({ profile: { ...FULL, slug } });
  const request = { profile: { ...changes, slug }, ...(paths ? { updateMask: { paths } } : {}) };
  const { profile } = await rpc.registry.updateProfile(request);
  if (profile === undefined) throw new TypeError("no profile in the answer");
  const { displayName, description, runtime, policy, metadata, extensions } = profile;
  return {
    displayName,
    description,
    prompt: runtime?.systemPrompt,
    tools: runtime?.tools,
    allowOverrides: policy?.allowOverrides,
    denied: policy?.deniedOverrideKeys,
    tags: metadata?.tags,
    extensions: Object.keys(extensions),
    version: metadata?.version,
  };
}

const BEFORE = {
  displayName: "Full",
  description: "All of it.",
  prompt: "Prompt",
  tools: ["t"],
  allowOverrides: true,
  denied: ["tools"],
  tags: ["x"],
  extensions: ["acme.a@v1"],
  version: 2,
};

describe("without a mask", () => {
  test("all populated members are replaced, and the rest is kept", async () => {
    const after = await updated("no-mask", { displayName: "New", runtime: { tools: ["u"] } });
    expect(after).toEqual({ ...BEFORE, displayName: "New", prompt: "", tools: ["u"] });
  });

  test("members that are empty count as not populated", async () => {
    expect(await updated("empty", { displayName: "", metadata: { tags: [] }, extensions: {} })).toEqual(
      BEFORE,
    );
  });

  test("messages that are there but empty are populated", async () => {
    const after = await updated("empty-messages", { runtime: {}, policy: {} });
    expect(after).toEqual({ ...BEFORE, prompt: "", tools: [], allowOverrides: false, denied: [] });
  });

  test("a mask without paths is none", async () => {
    expect(await updated("no-paths", { displayName: "New" }, [])).toEqual({ ...BEFORE, displayName: "New" });
  });
});

describe("with a mask", () => {
  test("only what it names is replaced", async () => {
    const changes = { displayName: "New", description: "New.", runtime: { systemPrompt: "New" } };
    expect(await updated("masked", changes, ["description"])).toEqual({ ...BEFORE, description: "New." });
  });

  const cleared = {
    display_name: { displayName: "" },
    description: { description: "" },
    runtime: { prompt: "", tools: [] },
    policy: { allowOverrides: false, denied: [] },
    extensions: { extensions: [] },
    "metadata.tags": { tags: [] },
  };
  for (const [path, after] of Object.entries(cleared)) {
    test(`${path} is cleared where it is not set`, async () => {
      expect(await updated(`clear-${path.toLowerCase()}`, {}, [path])).toEqual({ ...BEFORE, ...after });
    });
  }

  test("all of it can be replaced at once", async () => {
    expect(await updated("all", {}, Object.keys(cleared))).toEqual({
      ...Object.assign({}, ...Object.values(cleared)),
      version: 2,
    });
  });

  for (const path of [
    "slug",
    "metadata",
    "metadata.version",
    "runtime.tools",
    "displayName",
    "*",
    "registry",
    "",
  ]) {
    test(`a path ${JSON.stringify(path)} is refused`, async () => {
      const update = rpc.registry.updateProfile({
        profile: { slug: "agent" },
        updateMask: { paths: [path] },
      });
      expect(await refusalOf(update)).toMatchObject({
        code: "InvalidArgument",
        info: { reason: "MALFORMED" },
        message: `update_mask: "${path}" is not one of display_name, description, runtime, policy, extensions, metadata.tags`,
      });
    });
  }

  test("a bad path is refused before anything is looked for", async () => {
    const update = rpc.registry.updateProfile({
      profile: { slug: "ghost" },
      updateMask: { paths: ["nope"] },
    });
    expect(await refusalOf(update)).toMatchObject({ info: { reason: "MALFORMED" } });
  });
});

describe("of a registry", () => {
  test("the mask names its members", async () => {
    await rpc.registry.createRegistry({
      registry: { slug: "shop", displayName: "Shop", description: "Sells." },
    });
    const { registry } = await rpc.registry.updateRegistry({
      registry: { slug: "shop", description: "ignored" },
      updateMask: { paths: ["display_name", "metadata.tags", "default_profile_slug"] },
    });
    expect(registry).toMatchObject({ displayName: "", description: "Sells.", metadata: { version: 2 } });
  });

  test("a member of profiles is none of its paths", async () => {
    const update = rpc.registry.updateRegistry({ registry: {}, updateMask: { paths: ["runtime"] } });
    expect(await refusalOf(update)).toMatchObject({
      message:
        'update_mask: "runtime" is not one of display_name, description, default_profile_slug, metadata.tags, processing_modes',
    });
  });

  test("a blank name means the default registry", async () => {
    const { registry } = await rpc.registry.updateRegistry({ registry: { displayName: "Main" } });
    expect(registry).toMatchObject({ slug: "default", displayName: "Main" });
  });
});
