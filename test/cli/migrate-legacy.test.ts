import { chmod, copyFile, lstat, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readDocuments } from "../../src/formats/read-documents.js";
import { run, TEST_DATA, temporaryDirectory } from "./program.js";

const LEGACY = `${TEST_DATA}legacy-providers.yaml`;

/** A directory with a copy of a file as `profiles.yaml`, where the command runs. */
async function workplace(file = LEGACY) {
  const directory = await temporaryDirectory();
  const input = directory.path("profiles.yaml");
  await copyFile(file, input);
  return {
    ...directory,
    input,
    cwd: directory.path(""),
    migrate: (...args: string[]) =>
      run(["migrate-legacy", "--input", "profiles.yaml", ...args], { cwd: directory.path("") }),
    read: (name: string) => readFile(directory.path(name), "utf8"),
    files: async () => (await readdir(directory.path(""))).sort(),
  };
}

const report = (members: Record<string, string | number>): string =>
  Object.entries(members)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

test.concurrent("a legacy map becomes a file of registries beside it, and what was done is printed", async () => {
  await using place = await workplace();
  expect(await place.migrate()).toEqual({
    code: 0,
    stderr: "",
    stdout: report({
      Input: "profiles.yaml",
      "Input format": "legacy-map",
      Output: "profiles.yaml.registry.yaml",
      Registries: 1,
      Profiles: 4,
      Backup: "none",
    }),
  });
  expect(await place.read("profiles.yaml")).toBe(await readFile(LEGACY, "utf8"));
});

test.concurrent("the output says what the input said, secrets included", async () => {
  await using place = await workplace();
  await place.migrate("--registry", "Team", "--output", "out.yaml");
  const output = readDocuments(await place.read("out.yaml"), { file: "out.yaml", registry: "x" });
  const input = readDocuments(await place.read("profiles.yaml"), { file: "in.yaml", registry: "team" });
  expect(output.format).toBe("canonical-registries");
  expect(output.registries.map(({ slug, input: members }) => [slug, members])).toEqual([
    ["team", { default_profile_slug: "default" }],
  ]);
  expect(new Set(output.registries[0]?.profiles)).toEqual(new Set(input.registries[0]?.profiles));
  expect(await place.read("out.yaml")).toContain("openai-api-key: not-a-real-key\n");
});

test.concurrent("the permissions of the input are those of the output and of the backup", async () => {
  await using place = await workplace();
  await chmod(place.input, 0o622);
  await place.migrate();
  await place.migrate("--in-place");
  const names = ["profiles.yaml", "profiles.yaml.bak", "profiles.yaml.registry.yaml"];
  expect(await Promise.all(names.map((name) => modeOf(place.path(name))))).toEqual(["622", "622", "622"]);
});

test.concurrent("in place, the input is copied first, and nothing else is left", async () => {
  await using place = await workplace();
  const { stdout, code } = await place.migrate("--in-place");
  expect(stdout).toContain("Output: profiles.yaml\n");
  expect(stdout).toContain("Backup: profiles.yaml.bak\n");
  expect(code).toBe(0);
  expect(await place.read("profiles.yaml.bak")).toBe(await readFile(LEGACY, "utf8"));
  expect(parse(await place.read("profiles.yaml"))).toHaveProperty("registries.default.profiles.mixtral");
  expect(await place.files()).toEqual(["profiles.yaml", "profiles.yaml.bak"]);
});

test.concurrent("in place again, there is nothing to do", async () => {
  await using place = await workplace();
  await place.migrate("--in-place");
  const { stdout, code } = await place.migrate("--in-place");
  expect(stdout).toMatch(/^Input format: canonical-registries\nOutput: none\n(?:.*\n)*No output written\n$/m);
  expect(code).toBe(0);
});

test.concurrent("a backup never replaces another, with --force neither", async () => {
  await using place = await workplace();
  await writeFile(place.path("profiles.yaml.bak"), "mine");
  const { code, stderr } = await place.migrate("--in-place", "--force");
  expect([code, stderr]).toEqual([
    1,
    "profile-registry: profiles.yaml.bak cannot be written: it exists and holds something else (--backup-in-place=false makes no backup)\n",
  ]);
  expect(await place.read("profiles.yaml.bak")).toBe("mine");
  expect(await place.read("profiles.yaml")).toBe(await readFile(LEGACY, "utf8"));
  expect(await place.files()).toEqual(["profiles.yaml", "profiles.yaml.bak"]);
});

test.concurrent("a backup that holds the input already, from a run that was broken off, serves", async () => {
  await using place = await workplace();
  await copyFile(place.input, place.path("profiles.yaml.bak"));
  expect(await place.migrate("--in-place")).toMatchObject({ code: 0, stderr: "" });
});

test.concurrent("--backup-in-place=false makes no backup", async () => {
  await using place = await workplace();
  expect((await place.migrate("--in-place", "--backup-in-place=false")).stdout).toContain("Backup: none\n");
  expect(await place.files()).toEqual(["profiles.yaml"]);
});

test.concurrent("a symbolic link stays one, and the file behind it is migrated", async () => {
  await using place = await workplace();
  await symlink("profiles.yaml", place.path("link.yaml"));
  await run(["migrate-legacy", "--input", "link.yaml", "--in-place"], { cwd: place.cwd });
  expect((await lstat(place.path("link.yaml"))).isSymbolicLink()).toBe(true);
  expect(await place.read("profiles.yaml")).toMatch(/^registries:\n/);
});

test.concurrent("an output that exists is replaced with --force alone", async () => {
  await using place = await workplace();
  await writeFile(place.path("out.yaml"), "mine");
  const refused = await place.migrate("--output", "out.yaml");
  expect([refused.code, refused.stderr, await place.read("out.yaml")]).toEqual([
    1,
    "profile-registry: out.yaml cannot be written: it exists (--force writes over it)\n",
    "mine",
  ]);
  expect((await place.migrate("--output", "out.yaml", "--force")).code).toBe(0);
  expect(await place.read("out.yaml")).toMatch(/^registries:\n/);
  expect(await place.files()).toEqual(["out.yaml", "profiles.yaml"]);
});

test.concurrent("a dry run prints the YAML alone on stdout and writes nothing", async () => {
  await using place = await workplace();
  const { code, stdout, stderr } = await place.migrate("--dry-run", "--in-place");
  expect(parse(stdout)).toHaveProperty("registries.default.default_profile_slug", "default");
  expect(stderr).toContain("Input format: legacy-map\nOutput: profiles.yaml\n");
  expect([code, await place.files()]).toEqual([0, ["profiles.yaml"]]);
  await place.migrate();
  expect(await place.read("profiles.yaml.registry.yaml")).toBe(stdout);
});

test.concurrent.each([
  ["canonical-registries", "registries: {r: {profiles: {p: }}}\n", "Registries: 1\nProfiles: 1"],
  ["single-registry", "slug: r\nprofiles: {p: , q: }\n", "Registries: 1\nProfiles: 2"],
])(
  "an input in the form %s is written too, but not with --skip-if-not-legacy",
  async (format, text, counts) => {
    await using place = await workplace();
    await writeFile(place.input, text);
    const skipped = await place.migrate("--skip-if-not-legacy");
    expect(skipped).toMatchObject({ code: 0, stderr: "" });
    expect(skipped.stdout).toContain(
      `Input format: ${format}\nOutput: none\n${counts}\nBackup: none\nNo output written\n`,
    );
    expect(await place.files()).toEqual(["profiles.yaml"]);
    expect((await place.migrate()).stdout).toContain(
      `Input format: ${format}\nOutput: profiles.yaml.registry.yaml\n`,
    );
    expect(await place.read("profiles.yaml.registry.yaml")).toMatch(/^registries:\n {2}r:\n/);
  },
);

test.concurrent("an empty input gives no output", async () => {
  await using place = await workplace();
  await writeFile(place.input, "# nothing yet\n");
  const { code, stdout } = await place.migrate();
  expect(stdout).toContain("Input format: empty\nOutput: none\nRegistries: 0\nProfiles: 0\n");
  expect(stdout).toContain("No output written\n");
  expect([code, await place.files()]).toEqual([0, ["profiles.yaml"]]);
});

test.concurrent("an unreadable input is an error with its place, whatever is to be skipped", async () => {
  await using place = await workplace();
  await writeFile(place.input, "a:\n  s: {f: 1}\n  s: {f: 2}\n");
  const { code, stdout, stderr } = await place.migrate("--skip-if-not-legacy", "--in-place");
  expect(stderr).toBe('profile-registry: profiles.yaml:3:3: duplicate key "s"\n');
  expect([code, stdout, await place.files()]).toEqual([1, "", ["profiles.yaml"]]);
});

test.concurrent("a file that is not there is named", async () => {
  const { code, stderr } = await run(["migrate-legacy", "--input", "/nowhere/profiles.yaml"]);
  expect(stderr).toMatch(/^profile-registry: \/nowhere\/profiles\.yaml cannot be read: ENOENT/);
  expect(code).toBe(1);
});

test.concurrent.each([
  [["--server", "http://127.0.0.1:8080"], "migrate-legacy works on files, not on a server"],
  [["--in-place", "--output", "x.yaml"], "--in-place and --output exclude each other"],
  [["--output", "./profiles.yaml", "--force"], "--output is the input: use --in-place"],
  [["--registry", "a b"], '--registry: registry slug "a b" is invalid'],
  [["--in-place", "--backup-in-place=maybe"], '--backup-in-place must be true or false, not "maybe"'],
])("%j is wrong usage", async (args, line) => {
  await using place = await workplace();
  const { code, stderr } = await place.migrate(...args);
  expect(stderr).toContain(line);
  expect([code, await place.files()]).toEqual([2, ["profiles.yaml"]]);
});

test.concurrent("help shows how it is used", async () => {
  const { code, stdout } = await run(["migrate-legacy", "--help"]);
  expect(stdout).toContain("$ profile-registry migrate-legacy --input profiles.yaml --dry-run");
  expect(code).toBe(0);
});
