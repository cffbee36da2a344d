import fc from "fast-check";
import { expect, test } from "vitest";
import { draftProfile } from "../../src/domain/profile-draft.js";
import { upgradeRegistry } from "../../src/store/sqlite/first-generation-documents.js";
import { json, memberName, objectOf } from "../domain/arbitraries.js";
import { catalog, rules } from "../domain/documents.js";

const middleware = fc.oneof(
  fc.record(
    {
      name: fc.constant("vault"),
      enabled: fc.boolean(),
      config: fc.oneof(fc.constant(null), objectOf(memberName, json)),
    },
    { requiredKeys: ["name"] },
  ),
  fc.record(
    {
      name: fc.constantFrom("agentmode", "sqlite"),
      config: fc.constantFrom({ dsn: "x", max_rows: "3" }, { default_mode: 4 }, {}),
    },
    { requiredKeys: ["name"] },
  ),
);
const input = fc.record(
  {
    display_name: fc.constantFrom("", "A"),
    runtime: fc.record(
      {
        system_prompt: fc.string(),
        step_settings_patch: fc.dictionary(
          fc.constantFrom("a", "b"),
          objectOf(fc.constantFrom("x", "y"), json),
        ),
        middlewares: fc.array(middleware, { maxLength: 4 }),
        tools: fc.array(fc.constantFrom("t", "u")),
      },
      { requiredKeys: [] },
    ),
    policy: fc.record({
      allow_overrides: fc.boolean(),
      allowed_override_keys: fc.array(fc.constant("tools")),
    }),
    extensions: fc.dictionary(fc.constant("acme.a@v1"), json),
  },
  { requiredKeys: [] },
);

test("a valid profile becomes what a create of it would have stored", () => {
  fc.assert(
    fc.property(input, (given) => {
      const text = JSON.stringify(given);
      const profiles = `{"profiles": {"p": ${text}}}`;
      const [upgraded] = upgradeRegistry("r", profiles, { catalog, timeMs: 1 }).profiles;
      if (upgraded === undefined || !("profile" in upgraded)) throw new Error("was not upgraded");
      const { metadata: _, ...content } = upgraded.profile;
      // A config that a create would refuse is kept, and noted.
      if (upgraded.notes.length > 0) return;
      const drafted = draftProfile("p", undefined, JSON.parse(text), rules);
      expect(JSON.parse(JSON.stringify(content))).toEqual(JSON.parse(JSON.stringify(drafted)));
    }),
    { numRuns: 300 },
  );
});
