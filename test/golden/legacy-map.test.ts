import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { expect, test } from "vitest";
import { type Core, openCore } from "../../src/app.js";
import { readConfig } from "../../src/config.js";
import { DomainError } from "../../src/domain/errors.js";
import type { ResolveRequest } from "../../src/domain/resolve.js";
import { canonicalForm } from "../../src/formats/canonical-form.js";
import { temporaryDirectory } from "../cli/program.js";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const open = (flags: Parameters<typeof readConfig>[0]): Promise<Core> =>
  openCore(readConfig(flags, {}), { logger: pino({ level: "silent" }), clock: () => 1_750_000_000_000 });

const REQUESTS: Omit<ResolveRequest, "selection">[] = [
  {},
  { base_step_settings: { "ai-chat": { "ai-engine": "base", "ai-top-p": 1 } }, explain: true },
  { ai_engine: "gpt-5-nano", ai_api_type: "openai" },
  { request_overrides: { systemPrompt: "Be brief." } },
];

/** The answer, or the refusal: both must be the same. */
const outcome = async (
  core: Core,
  profile: string | undefined,
  request: Omit<ResolveRequest, "selection">,
): Promise<unknown> => {
  try {
    return await core.services.resolver.resolve({ selection: { body: profile }, ...request }, "all");
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, message: error.message };
    throw error;
  }
};

test.each([
  ["legacy-engines", ["test", "test2", "gemini-2.5-pro", "gemini-2.5-flash", "sonnet-4-5"]],
  ["legacy-providers", ["default", "mixtral", "zephyr-7b", "reasoner"]],
])(
  "%s gives the same answers as a legacy map, as a canonical document, migrated and from SQLite",
  async (name, profiles) => {
    await using directory = await temporaryDirectory();
    const db = directory.path("profiles.db");
    const legacy = await open({ "seed-file": path(`../data/${name}.yaml`) });
    const canonical = await open({ "seed-file": path(`${name}.canonical.yaml`) });
    await (await open({ "seed-file": path(`../data/${name}.yaml`), "profile-registry-db": db })).close();
    const sqlite = await open({ "profile-registry-db": db });
    const { text } = await canonicalForm(await readFile(path(`../data/${name}.yaml`), "utf8"), {
      file: name,
      registry: "default",
    });
    await writeFile(directory.path("migrated.yaml"), text);
    const migrated = await open({ "seed-file": directory.path("migrated.yaml") });
    try {
      for (const profile of [undefined, ...profiles]) {
        for (const request of REQUESTS) {
          const expected = await outcome(legacy, profile, request);
          expect(await outcome(canonical, profile, request)).toEqual(expected);
          expect(await outcome(sqlite, profile, request)).toEqual(expected);
          expect(await outcome(migrated, profile, request)).toEqual(expected);
        }
      }
      expect(await outcome(legacy, profiles[0], {})).toMatchObject({
        profile: profiles[0],
        profile_version: 1,
      });
      expect(await outcome(legacy, profiles[0], { ai_engine: "x" })).toEqual({
        code: "policy",
        message: "policy violation: request overrides are disabled for this profile",
      });
    } finally {
      for (const core of [legacy, canonical, sqlite, migrated]) await core.close();
    }
  },
);
