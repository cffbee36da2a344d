/** A profile as the console edits it. */
import { describe, expect, it } from "vitest";
import { draftOf, shownDraft } from "../../../web/console/profile/draft.js";
import { addMiddleware, mixesSecrets, moveMiddleware } from "../../../web/console/profile/middlewares.js";
import { readDraft } from "../../../web/console/profile/read-draft.js";
import { sharedServer } from "../../support/rest.js";

const policy = { allow_overrides: false, read_only: false };

it("shows each middleware with its config, and the rest of the extensions", () => {
  const draft = draftOf({
    runtime: { middlewares: [{ name: "sqlite", id: "db" }, { name: "agentmode" }] },
    policy,
    metadata: {},
    extensions: {
      "middleware.sqlite_config@v1": { instances: { "id:db": { max_rows: 5 }, "id:other": { max_rows: 6 } } },
      "middleware.agentmode_config@v1": { instances: { "index:1": { default_mode: "x" } } },
      "acme.own@v1": [1],
    },
  });
  expect(draft.runtime.middlewares).toEqual([
    { name: "sqlite", id: "db", config: { max_rows: 5 } },
    { name: "agentmode", config: { default_mode: "x" } },
  ]);
  expect(draft.extensions).toEqual({
    "middleware.sqlite_config@v1": { instances: { "id:other": { max_rows: 6 } } },
    "acme.own@v1": [1],
  });
});

it("comes back from its own JSON as it was", () => {
  const draft = draftOf({
    display_name: "Support",
    runtime: { system_prompt: "a\r\nb", middlewares: [{ name: "agentmode", enabled: false }], tools: ["x"] },
    policy: { ...policy, denied_override_keys: ["tools"] },
    metadata: { tags: ["beta"] },
  });
  expect(readDraft(JSON.stringify(shownDraft(draft)))).toEqual(draft);
});

it.each([
  ["[]", "a profile is an object"],
  ['{"tools": []}', 'a profile has no member "tools"'],
  ['{"runtime": {"tools": [1]}}', "runtime.tools must be an array of strings"],
  [
    '{"runtime": {"middlewares": [{"name": "a", "config": 1}]}}',
    "runtime.middlewares[0].config must be an object",
  ],
  ['{"policy": {"read_only": "yes"}}', "policy.read_only must be true or false"],
])("says what is wrong with the shape of %s", (text, message) => {
  expect(() => readDraft(text)).toThrow(message);
});

it("gives an added middleware an id of its own", () => {
  const entries = addMiddleware(addMiddleware([], "sqlite"), "sqlite");
  expect(entries.map(({ id }) => id)).toEqual(["sqlite", "sqlite-2"]);
});

it("knows when a move would give one middleware the stored secret of another", () => {
  const secret = { name: "search", config: { api_key: "<redacted>" } };
  const plain = { name: "search", config: {} };
  expect(mixesSecrets([secret, plain], 0, 1)).toBe(true);
  expect(mixesSecrets([plain, secret], 0)).toBe(true);
  expect(mixesSecrets([{ ...secret, id: "a" }, plain], 0, 1)).toBe(false);
  expect(mixesSecrets([secret, { name: "sqlite", config: {} }], 0, 1)).toBe(false);
  expect(moveMiddleware([secret, plain], 0, 1)).toEqual([plain, secret]);
});

describe("on a server", () => {
  const { rest } = sharedServer();

  it("is the same document once it was written and read, also after its middlewares were moved", async () => {
    const sent = draftOf({
      runtime: { middlewares: [{ name: "sqlite" }, { name: "agentmode" }] },
      policy,
      metadata: {},
      extensions: {
        "middleware.sqlite_config@v1": { instances: { "index:0": { max_rows: 5 } } },
        "middleware.agentmode_config@v1": { instances: { "index:1": { default_mode: "x" } } },
      },
    });
    await rest("POST", "/profiles", { body: { slug: "moved", ...sent } });
    const moved = {
      ...sent,
      runtime: { ...sent.runtime, middlewares: moveMiddleware(sent.runtime.middlewares, 0, 1) },
    };
    await rest("PATCH", "/profiles/moved", { body: moved });
    const stored = (await rest("GET", "/profiles/moved")).json as Parameters<typeof draftOf>[0];
    expect(draftOf(stored)).toEqual(moved);
  });
});
