/** Secrets never leave (spec 1.6). */
import { describe } from "vitest";
import { onBothEdges } from "./both-edges.js";
import { create, get, type Operation, resolve } from "./operations.js";
import { overrides, SHOWN, settings, slot, withConfig, withSettings } from "./secret-profiles.js";

const list: Operation = { do: "list-profiles" };

describe("secrets are shown as <redacted>", () => {
  onBothEdges(
    [
      {
        name: "in the answer to a write",
        when: create(
          "a",
          settings({ "api-key": "k", openaiApiKey: "k", TOKEN: 5, tokens: 5, x: [{ password: {} }] }),
        ),
        gives: {
          document: settings({
            "api-key": SHOWN,
            openaiApiKey: SHOWN,
            TOKEN: SHOWN,
            tokens: 5,
            x: [{ password: SHOWN }],
          }),
        },
      },
      {
        name: "in step settings that are read",
        given: [withSettings],
        when: get("a"),
        gives: { document: settings({ "api-key": SHOWN, model: "m" }) },
      },
      {
        name: "in middleware configs that are read",
        given: [withConfig],
        when: get("a"),
        gives: { document: slot({ host: "h", password: SHOWN, relays: [{ host: "r", password: SHOWN }] }) },
      },
      {
        name: "in lists",
        given: [withConfig],
        when: list,
        gives: { document: [slot({ host: "h", password: SHOWN })] },
      },
      {
        name: "in what a resolve answers of the profile, its trace too",
        given: [withSettings],
        when: resolve({ profile: "a", explain: true }),
        gives: {
          document: {
            step_settings: { chat: { "api-key": SHOWN, model: "m" } },
            trace: [{ value: SHOWN }, { value: "m" }],
          },
        },
      },
      {
        name: "whole sections at once, where a section's name is one",
        when: create("a", { runtime: { step_settings_patch: { "chat-secret": { a: 1 } } } }),
        gives: { document: { runtime: { step_settings_patch: { "chat-secret": SHOWN } } } },
      },
      {
        name: "nowhere else: other extensions are shown as they are",
        when: create("a", { extensions: { "acme.feature@v1": { token: "t" } } }),
        gives: { document: { extensions: { "acme.feature@v1": { token: "t" } } } },
      },
    ],
    {},
    overrides,
  );
});

describe("a name that the operator exempts", () => {
  onBothEdges(
    [
      {
        name: "is shown, in any spelling",
        when: create("a", settings({ eos_token: "</s>", "eos-token": "</s>", token: "t" })),
        gives: { document: settings({ eos_token: "</s>", "eos-token": "</s>", token: SHOWN }) },
      },
    ],
    { "secret-exempt": ["eosToken"] },
  );
});
