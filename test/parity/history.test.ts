/** What profiles have been (spec 2.1). */
import { describe } from "vitest";
import { NOW, onBothEdges } from "./both-edges.js";
import {
  create,
  createRegistry,
  deleteRegistry,
  getVersion,
  listVersions,
  remove,
  rollback,
  setDefault,
  update,
} from "./operations.js";
import { NO_NAME, NO_REGISTRY, PROFILE_NOT_FOUND, REGISTRY_NOT_FOUND } from "./refusals.js";
import { mail, overrides, SHOWN, settings, slot, withConfig, withSettings } from "./secret-profiles.js";

/** 150 members with a value. */
const MANY = (value: number) => ({
  extensions: { "x.y@v1": Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`m${100 + i}`, value])) },
});

describe("the versions of a profile", () => {
  onBothEdges([
    {
      name: "are listed from the newest back, with who, when, from where, and what was asked for",
      given: [create("a"), update("a", { description: "d" })],
      when: listVersions("a"),
      gives: {
        document: [
          {
            version: 2,
            time_ms: NOW,
            actor: "anonymous",
            source: "edge",
            operation: "update_profile",
            registry_version: 3,
            changed_paths: ["/description"],
          },
          { version: 1, operation: "create_profile", registry_version: 2 },
        ],
      },
    },
    {
      name: "tell of the first all that it has",
      given: [create("a", { display_name: "A", runtime: { system_prompt: "p", tools: ["t"] } })],
      when: listVersions("a"),
      gives: {
        document: [
          {
            changed_paths: [
              "/display_name",
              "/policy/allow_overrides",
              "/policy/read_only",
              "/runtime/system_prompt",
              "/runtime/tools",
              "/slug",
            ],
          },
        ],
      },
    },
    {
      name: "of an empty update tell that nothing has changed",
      given: [create("a"), update("a")],
      when: listVersions("a"),
      gives: { document: [{ version: 2, changed_paths: [] }, { version: 1 }] },
    },
    {
      name: "have none for what moves only the registry",
      given: [create("a"), setDefault("a")],
      when: listVersions("a"),
      gives: { document: [{ version: 1 }] },
    },
    {
      name: "have none for a delete, and stay after it",
      given: [create("a"), update("a"), remove("a")],
      when: listVersions("a"),
      gives: { document: [{ version: 2 }, { version: 1 }] },
    },
    {
      name: "of a profile that was created again go on from those before",
      given: [create("a", { description: "d" }), remove("a"), create("a")],
      when: listVersions("a"),
      gives: {
        document: [
          { version: 2, operation: "create_profile", changed_paths: ["/description"] },
          { version: 1 },
        ],
      },
    },
    {
      name: "show a rollback as such",
      given: [create("a"), update("a", { description: "d" }), rollback("a", 1)],
      when: listVersions("a"),
      gives: {
        document: [
          { version: 3, operation: "rollback_profile", changed_paths: ["/description"] },
          { version: 2 },
          { version: 1 },
        ],
      },
    },
    {
      name: "are not those of a profile of that name elsewhere",
      given: [create("a"), createRegistry("elsewhere"), create("a", {}, { registry: "elsewhere" })],
      when: listVersions("a", { registry: "elsewhere" }),
      gives: { document: [{ version: 1, registry_version: 2 }] },
    },
    {
      name: "list at most 100 changes of a version",
      given: [create("a", MANY(1)), update("a", MANY(2))],
      when: listVersions("a"),
      gives: {
        document: [
          { changed_paths: Array.from({ length: 100 }, (_, i) => `/extensions/x.y@v1/m${100 + i}`) },
          { version: 1 },
        ],
      },
    },
    { name: "of one that never was are not found", when: listVersions("a"), gives: PROFILE_NOT_FOUND },
    {
      name: "are looked for in a registry that is there",
      when: listVersions("a", { registry: "ghost" }),
      gives: REGISTRY_NOT_FOUND,
    },
    {
      name: "are asked for by names that can be",
      when: listVersions("No!", { registry: "ghost" }),
      gives: NO_NAME,
    },
    { name: "and registries too", when: listVersions("No!", { registry: "No!" }), gives: NO_REGISTRY },
  ]);
});

describe("a version of a profile", () => {
  const noVersion = (version: number) =>
    ({ error: "not_found", message: `profile "a" has no version ${version}` }) as const;
  onBothEdges(
    [
      {
        name: "is the document as it was",
        given: [create("a", { description: "one" }), update("a", { description: "two" })],
        when: getVersion("a", 1),
        gives: { document: { slug: "a", description: "one", metadata: { version: 1 } } },
      },
      {
        name: "may be the one that there is now",
        given: [create("a"), update("a", { description: "two" })],
        when: getVersion("a", 2),
        gives: { document: { description: "two", metadata: { version: 2 } } },
      },
      {
        name: "comes with what the registry is now",
        given: [create("a"), update("a"), setDefault("a")],
        when: getVersion("a", 1),
        gives: { document: { is_default: true, registry_version: 4 } },
      },
      {
        name: "stays after the profile is deleted",
        given: [create("a", { description: "one" }), remove("a")],
        when: getVersion("a", 1),
        gives: { document: { description: "one", metadata: { version: 1 } } },
      },
      {
        name: "stays the same after the profile is created again",
        given: [create("a", { description: "one" }), remove("a"), create("a", { description: "two" })],
        when: getVersion("a", 1),
        gives: { document: { description: "one" } },
      },
      {
        name: "stays the same after its registry is deleted and created again",
        given: [
          createRegistry("again"),
          create("a", { description: "one" }, { registry: "again" }),
          deleteRegistry("again", { force: true }),
          createRegistry("again"),
          create("a", { description: "two" }, { registry: "again" }),
        ],
        when: getVersion("a", 1, { registry: "again" }),
        gives: { document: { description: "one" } },
      },
      {
        name: "shows no setting that is a secret",
        given: [withSettings, update("a", settings({}))],
        when: getVersion("a", 1),
        gives: { document: settings({ "api-key": SHOWN, model: "m" }) },
      },
      {
        name: "shows no secret of a config",
        given: [withConfig, update("a", mail({ host: "h2" }))],
        when: getVersion("a", 1),
        gives: { document: slot({ host: "h", password: SHOWN, relays: [{ password: SHOWN }] }) },
      },
      {
        name: "that is still to come is not found",
        given: [create("a")],
        when: getVersion("a", 2),
        gives: noVersion(2),
      },
      { name: "of one that never was is not found", when: getVersion("a", 1), gives: noVersion(1) },
      {
        name: "is looked for in a registry that is there",
        when: getVersion("a", 1, { registry: "ghost" }),
        gives: REGISTRY_NOT_FOUND,
      },
      { name: "is asked for by a name that can be", when: getVersion("No!", 1), gives: NO_NAME },
    ],
    {},
    overrides,
  );
});

describe("what a secret was", () => {
  onBothEdges(
    [
      {
        name: "is not told by a version that changed it",
        given: [withSettings, update("a", settings({ "api-key": "k2", model: "m" }))],
        when: listVersions("a"),
        gives: {
          document: [{ changed_paths: ["/runtime/step_settings_patch/chat/api-key"] }, { version: 1 }],
        },
      },
    ],
    {},
    overrides,
  );
});

describe("a change at a place whose name is longer than people read", () => {
  const long = "n".repeat(600);
  onBothEdges([
    {
      name: "is told of the nearest place above it",
      given: [create("a"), update("a", { extensions: { "x.y@v1": { [long]: { b: 1, c: 2 }, d: 1 } } })],
      when: listVersions("a"),
      gives: { document: [{ changed_paths: ["/extensions"] }, { version: 1 }] },
    },
    {
      name: "is told once",
      given: [
        create("a", { extensions: { "x.y@v1": { z: 0 } } }),
        update("a", { extensions: { "x.y@v1": { [long]: { b: 1, c: 2 }, [`${long}2`]: 1, z: 1 } } }),
      ],
      when: listVersions("a"),
      gives: {
        document: [{ changed_paths: ["/extensions/x.y@v1", "/extensions/x.y@v1/z"] }, { version: 1 }],
      },
    },
  ]);
});
