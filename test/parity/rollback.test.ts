/** Back to what a profile was, as a new version (spec 2.1, 2.2, 2.3). */
import { describe } from "vitest";
import { invalid, NOW, onBothEdges } from "./both-edges.js";
import {
  create,
  createRegistry,
  deleteRegistry,
  get,
  getVersion,
  listLog,
  remove,
  resolve,
  rollback,
  setDefault,
  update,
} from "./operations.js";
import { LOCKED, NO_NAME, NO_REGISTRY, READ_ONLY, REGISTRY_NOT_FOUND, stale } from "./refusals.js";
import { mail, overrides, SHOWN, settings, withConfig, withSettings } from "./secret-profiles.js";

const noVersion = (version: number) =>
  ({ error: "not_found", message: `profile "a" has no version ${version}` }) as const;

describe("a rollback", () => {
  const full = {
    display_name: "A",
    description: "one",
    runtime: {
      system_prompt: "p",
      tools: ["t"],
      step_settings_patch: { chat: { model: "m" } },
      middlewares: [{ name: "mail", id: "m", config: { host: "h" } }],
    },
    policy: { allow_overrides: true, denied_override_keys: ["tools"] },
    extensions: { "acme.feature@v1": { a: [1] } },
    metadata: { tags: ["x"] },
  };
  onBothEdges(
    [
      {
        name: "writes all of an older version as a new one",
        given: [
          create("a", full),
          update("a", {
            display_name: "",
            description: "",
            runtime: {},
            policy: {},
            extensions: {},
            metadata: { tags: [] },
          }),
        ],
        when: rollback("a", 1),
        gives: {
          document: {
            ...full,
            runtime: { ...full.runtime, middlewares: [{ name: "mail", id: "m" }] },
            policy: { ...full.policy, read_only: false },
            extensions: {
              ...full.extensions,
              "middleware.mail_config@v1": { instances: { "id:m": { host: "h" } } },
            },
            metadata: { version: 3, tags: ["x"], created_at_ms: NOW, source: "edge" },
            registry_version: 4,
          },
        },
      },
      {
        name: "takes away what came since",
        given: [create("a"), update("a", full)],
        when: rollback("a", 1),
        gives: {
          document: { runtime: {}, metadata: { version: 3 } },
        },
      },
      {
        name: "to the version that there is now is a write all the same",
        given: [create("a")],
        when: rollback("a", 1),
        gives: { document: { metadata: { version: 2 } } },
      },
      {
        name: "is what the next turn runs with",
        given: [create("a", full), update("a", { runtime: { system_prompt: "q" } }), rollback("a", 1)],
        when: resolve({ profile: "a" }),
        gives: {
          document: {
            profile_version: 3,
            runtime: { system_prompt: "p", middlewares: [{ name: "mail", config: { host: "h" } }] },
          },
        },
      },
      {
        name: "of a deleted profile creates it again, as its next version",
        given: [create("a", full), update("a"), remove("a")],
        when: rollback("a", 1),
        gives: { document: { description: "one", metadata: { version: 3 }, is_default: false } },
      },
      {
        name: "brings back a profile that was deleted with its registry",
        given: [
          createRegistry("again"),
          create("a", full, { registry: "again" }),
          deleteRegistry("again", { force: true }),
          createRegistry("again"),
        ],
        when: rollback("a", 1, { registry: "again" }),
        gives: { document: { description: "one", metadata: { version: 2 }, registry_version: 4 } },
      },
      {
        name: "can be rolled back",
        given: [create("a", { description: "one" }), update("a", { description: "two" }), rollback("a", 1)],
        when: rollback("a", 2),
        gives: { document: { description: "two", metadata: { version: 4 } } },
      },
      {
        name: "leaves the version that it goes back to as it was",
        given: [create("a", full), update("a", { description: "two" }), rollback("a", 1)],
        when: getVersion("a", 1),
        gives: { document: { description: "one", metadata: { version: 1 } } },
      },
      {
        name: "makes nothing the default",
        given: [
          create("a", {}, { set_default: true }),
          create("b"),
          update("a"),
          setDefault("b"),
          rollback("a", 1),
        ],
        when: get("a"),
        gives: { document: { is_default: false } },
      },
      {
        name: "is told by the log",
        given: [create("a"), update("a"), rollback("a", 1)],
        when: listLog({ profile: "a" }),
        gives: {
          document: [{}, {}, { operation: "rollback_profile", version: 3, registry_version: 4 }],
        },
      },
      {
        name: "brings secrets back, and shows them to nobody",
        given: [withSettings, update("a", settings({}))],
        when: rollback("a", 1),
        gives: { document: settings({ "api-key": SHOWN, model: "m" }) },
      },
      {
        name: "keeps the secrets that it brought back for writes that send <redacted>",
        given: [withConfig, update("a", mail({ host: "h2" })), rollback("a", 1)],
        when: update("a", mail({ host: "h3", password: SHOWN, relays: [{ password: SHOWN }] })),
        gives: { document: { metadata: { version: 4 } } },
      },
    ],
    {},
    overrides,
  );
});

describe("the expected version of a rollback", () => {
  const conflict = (expected: number, actual: number) =>
    ({
      error: "version_conflict",
      message: `profile "a" version conflict: expected=${expected} actual=${actual}`,
    }) as const;
  onBothEdges([
    {
      name: "must be the one that is stored",
      given: [create("a"), update("a")],
      when: rollback("a", 1, { expected_version: 1 }),
      gives: conflict(1, 2),
    },
    {
      name: "may be the one that is stored",
      given: [create("a"), update("a")],
      when: rollback("a", 1, { expected_version: 2 }),
      gives: { document: { metadata: { version: 3 } } },
    },
    {
      name: "0 is no check",
      given: [create("a"), update("a")],
      when: rollback("a", 1, { expected_version: 0 }),
      gives: { document: { metadata: { version: 3 } } },
    },
    {
      name: "of a deleted profile compares 0",
      given: [create("a"), remove("a")],
      when: rollback("a", 1, { expected_version: 1 }),
      gives: conflict(1, 0),
    },
  ]);
});

describe("a server that requires expected versions", () => {
  onBothEdges(
    [
      {
        name: "refuses a rollback without",
        given: [create("a")],
        when: rollback("a", 1),
        gives: invalid(["expected_version", "is required for a write to an existing document"]),
      },
      {
        name: "lets a deleted profile be rolled back without",
        given: [create("a"), remove("a", { expected_version: 1 })],
        when: rollback("a", 1),
        gives: { document: { metadata: { version: 2 } } },
      },
    ],
    { "require-expected-version": "true" },
  );
});

describe("a rollback is checked for", () => {
  onBothEdges([
    {
      name: "the registry's name before the profile's",
      when: rollback("No!", 1, { registry: "No!" }),
      gives: NO_REGISTRY,
    },
    {
      name: "the profile's name before which version",
      when: rollback("No!", 0, { registry: "ghost" }),
      gives: NO_NAME,
    },
    {
      name: "which version before whether the registry exists",
      when: rollback("a", 0, { registry: "ghost" }),
      gives: invalid(["version", "is required"]),
    },
    {
      name: "whether the registry exists before whether the version does",
      when: rollback("a", 1, { registry: "ghost" }),
      gives: REGISTRY_NOT_FOUND,
    },
    { name: "whether there is such a version", when: rollback("a", 1), gives: noVersion(1) },
    {
      name: "whether there is such a version before the read-only mark",
      given: [create("a", LOCKED)],
      when: rollback("a", 2),
      gives: noVersion(2),
    },
    {
      name: "the read-only mark before the expected version",
      given: [create("a", LOCKED)],
      when: rollback("a", 1, stale),
      gives: READ_ONLY,
    },
  ]);
});
