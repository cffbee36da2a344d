/** Where the server's violations are shown. */
import { expect, it } from "vitest";
import {
  reasonsFor,
  reasonsWithin,
  sectionOf,
  valueErrors,
  wrongItems,
} from "../../../web/console/profile/field-errors.js";
import { sharedServer } from "../../support/rest.js";

const { rest } = sharedServer();

it("has a part of the form for every field that the server finds something wrong with", async () => {
  const answer = await rest("POST", "/profiles", {
    body: {
      slug: "a",
      runtime: {
        middlewares: [{ name: "nope" }, { name: "sqlite", config: { max_rows: 0 } }],
        tools: ["a", " "],
        step_settings_patch: { x: 1 },
      },
      policy: { allowed_override_keys: ["a", ""], denied_override_keys: ["A"] },
      extensions: { "bad key": 1 },
    },
  });
  const { errors } = answer.json as { errors: { field: string; reason: string }[] };
  expect(new Set(errors.map(({ field }) => sectionOf(field)))).toEqual(
    new Set(["middlewares", "tools", "settings", "policy", "extensions"]),
  );
  expect(sectionOf("profile.slug")).toBe("general");
  expect(wrongItems(errors, "runtime.tools")).toEqual(new Set([1]));
  expect(reasonsWithin(errors, "runtime.tools")).toEqual(["[1]: must not be empty"]);
  expect(valueErrors(reasonsFor(errors, "runtime.middlewares[1].config"))).toEqual([
    { steps: ["max_rows"], reason: "must be >= 1" },
  ]);
});

it("does not take a field for one that only begins like it", () => {
  expect(reasonsWithin([{ field: "runtime.toolset", reason: "x" }], "runtime.tools")).toEqual([]);
});

it("leaves what a schema says of the whole value at the whole", () => {
  expect(valueErrors(["must be an object"])).toEqual([{ steps: [], reason: "must be an object" }]);
});
