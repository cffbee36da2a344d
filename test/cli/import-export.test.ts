import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeTempDirectory } from "../store/temp.js";
import { REGISTRIES } from "../support/server.js";
import { jsonOf, runHere } from "./here.js";
import { sharedTargets } from "./targets.js";
import { hasTerminals, runOnTerminal } from "./terminal.js";

const one = sharedTargets();
const other = sharedTargets();

function file(text: string, name = "in.yaml"): string {
  const directory = makeTempDirectory();
  onTestFinished(() => directory.remove());
  const path = join(directory.path, name);
  writeFileSync(path, text);
  return path;
}

test("a server and a store give the same plans, exports, errors and exit codes, one after the other", async () => {
  const analyst = file(
    "slug: default\ndefault_profile_slug: default\nprofiles: { analyst: { description: new } }\n",
  );
  const team = file("slug: team\nprofiles: { more: {} }\n");
  const locked = file("slug: team\nprofiles: { locked: { description: changed } }\n");
  const broken = file("slug: [\n");
  for (const line of [
    ["export"],
    ["export", "--format", "json", "--registry", "team"],
    ["export", "--registry", "nope"],
    ["export", "--format", "xml"],
    ["import", REGISTRIES, "--yes"],
    ["import", analyst, "--dry-run"],
    ["import", analyst],
    ["import", analyst, team, "--yes"],
    ["import", analyst, "--yes", "--json"],
    ["import", locked, "--yes"],
    ["import", locked, "--yes", "--include-read-only"],
    ["import", team, "--yes", "--replace"],
    ["import", broken, "--yes"],
    ["import", `${broken}.none`, "--yes"],
    ["import"],
    ["export"],
  ]) {
    const fromServer = await runHere([...line, ...one.server()]);
    const fromStore = await runHere([...line, ...other.store()]);
    expect(fromStore, line.join(" ")).toEqual(fromServer);
  }
});

test("without --yes and a terminal nothing is changed or deleted, but new documents are created", async () => {
  const changing = file("slug: default\nprofiles: { inventory: { description: changed } }\n");
  expect(await runHere(["import", changing, ...one.server()])).toMatchObject({
    code: 2,
    stderr: "profile-registry: there is no terminal to ask on: give --yes\n",
  });
  const creating = file("slug: fresh\nprofiles: { a: {} }\n");
  expect(await runHere(["import", creating, ...one.server()])).toMatchObject({
    code: 0,
    stdout: "+ registry fresh\n+ profile fresh/a\n2 created, 0 changed, 0 unchanged, 0 deleted\n",
  });
});

test.runIf(hasTerminals)("a terminal is shown the plan and asked", async () => {
  const changing = file("slug: default\nprofiles: { inventory: { description: asked } }\n");
  const no = await runOnTerminal(["import", changing, ...one.server()], "n");
  expect(no).toMatchObject({
    code: 1,
    output: expect.stringMatching(/inventory: .*change[\s\S]*nothing was imported/),
  });
  expect(await runOnTerminal(["import", changing, ...one.server()], "y")).toMatchObject({ code: 0 });
  expect(await jsonOf(["profile", "get", "inventory", ...one.server()])).toMatchObject({
    description: "asked",
  });
});

test("export --output writes a file for its owner alone, in the place of another only when it is whole", async () => {
  const path = file("before");
  chmodSync(path, 0o644);
  expect(await runHere(["export", "--registry", "nope", "--output", path, ...one.server()])).toMatchObject({
    code: 1,
  });
  expect(readFileSync(path, "utf8")).toBe("before");
  expect(await runHere(["export", "--output", path, "--with-secrets", ...one.store()])).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await jsonOf(["import", path, "--yes", ...one.server()])).toMatchObject({ changes: [] });
});

test("a store that is only looked at is not made", async () => {
  const missing = `${file("")}.db`;
  expect(await runHere(["export", "--profile-registry-db", missing])).toMatchObject({
    code: 1,
    stderr: `profile-registry: ${missing} does not exist\n`,
  });
  expect(existsSync(missing)).toBe(false);
});

test("an import says who did it: over a server nobody, on a store the user of the system", async () => {
  const text = "slug: who\nprofiles: { p: {} }\n";
  await runHere(["import", file(text), ...one.server()]);
  await runHere(["import", file(text), ...other.store()]);
  const actorOf = async (target: string[]) =>
    ((await jsonOf(["profile", "get", "p", "--registry", "who", ...target])) as { metadata: object })
      .metadata;
  expect(await actorOf(one.server())).toMatchObject({ created_by: "anonymous", source: "import" });
  const metadata = (await actorOf(other.store())) as { created_by?: string };
  expect(metadata).toMatchObject({ source: "import" });
  expect(metadata.created_by).not.toBe("anonymous");
});
