/** The life of one profile, with a config that comes as an extension. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const { rest } = sharedServer();
const { registries } = parse(readFileSync(REGISTRIES, "utf8")) as {
  registries: { default: { profiles: { analyst: Record<string, unknown> } } };
};
const ANALYST = { slug: "analyst", ...registries.default.profiles.analyst };

test("it is created, listed, changed, chosen and resolved", async () => {
  const created = await rest("POST", "/profiles", { body: ANALYST });
  expect(created.status).toBe(201);
  expect(created.json).toMatchObject({
    ...ANALYST,
    extensions: {
      "middleware.agentmode_config@v1": {
        instances: { "id:default": { default_mode: "financial_analyst" } },
      },
    },
  });
  expect((await rest("GET", "/profiles?tag=finance")).json).toMatchObject([{ slug: "analyst", version: 1 }]);

  const patched = await rest("PATCH", "/profiles/analyst", {
    body: { display_name: "Senior analyst", expected_version: 1 },
  });
  expect([patched.status, patched.json]).toMatchObject([200, { metadata: { version: 2 } }]);
  const stale = await rest("PATCH", "/profiles/analyst", {
    body: { display_name: "Late", expected_version: 1 },
  });
  expect([stale.status, stale.json]).toMatchObject([409, { code: "version_conflict" }]);

  expect((await rest("POST", "/profiles/analyst/default")).json).toMatchObject({ is_default: true });
  expect((await rest("POST", "/resolve", { body: { prompt: "Hello" } })).json).toMatchObject({
    profile: "analyst",
    profile_version: 2,
    runtime: { middlewares: [{ config: { default_mode: "financial_analyst" } }] },
  });
});
