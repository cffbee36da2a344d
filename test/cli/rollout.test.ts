/** `rollout …` (spec 5.5, 6.4). */
import { beforeAll, describe, expect, test } from "vitest";
import { jsonOf, runHere } from "./here.js";
import { sharedTargets, type Targets } from "./targets.js";

const one = sharedTargets();
const other = sharedTargets();
const MODES = {
  fast: { profiles: ["voice-fast-v1", "ghost"], description: "quick" },
  slow: { profiles: ["analyst"] },
};
const TURN = { mode: "fast", resolved_mode: "fast", applied_mode: "fast", latency_ms: 120, success: true };

const declare = (target: Targets, modes: object = MODES) =>
  target.rest("PATCH", "/registries/default", { body: { processing_modes: modes } });

beforeAll(async () => {
  await declare(one);
  await declare(other);
});

const words = (line: string): string[] =>
  line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', "")) ?? [];

test("writes give the same output from a server and from a store, one after the other", async () => {
  for (const [line, output] of [
    ["set fast --contract on --runtime on", "default/fast: set, now version 2"],
    ["set fast --cohort a b --stages 10,50.5,100 --auto-rollback on", "default/fast: set, now version 3"],
    ["set fast --threshold min_samples=1 min_stage_s=0 p95_ratio=1.5", "default/fast: set, now version 4"],
    ["advance fast --dry-run", "default/fast: went on to 10 %, now version 5 (dry run: nothing was stored)"],
    ["advance fast --expected-version 4", "default/fast: went on to 10 %, now version 5"],
    ["set fast --percentage 60 --force --reason test", "default/fast: set, now version 6"],
    ['rollback fast --kind soft --reason "too slow"', "default/fast: turned back (soft), now version 7"],
    ['set fast --cohort "" --salt ""', "default/fast: set, now version 8"],
    ["rollback fast --kind hard", "default/fast: turned back (hard), now version 9"],
  ] as const) {
    const fromServer = await runHere(["rollout", ...words(line), ...one.server()]);
    expect(fromServer, line).toEqual({ code: 0, stdout: `${output}\n`, stderr: "" });
    expect(await runHere(["rollout", ...words(line), ...other.store()]), line).toEqual(fromServer);
  }
  expect((await one.rest("GET", "/rollouts/fast")).json).toMatchObject({
    contract_enabled: false,
    cohort: [],
    salt: "default/fast",
    stages: [10, 50.5, 100],
    thresholds: { min_samples: 1, min_stage_s: 0, p95_ratio: 1.5, window_s: 900 },
    auto_rollback: true,
  });
});

test.each([
  ["set slow --percentage 50", 'rollout "slow" cannot be raised from 0% to 50%: its next stage is 1%'],
  ["set slow --percentage 101", "validation error (rollout.percentage): must be a number from 0 to 100"],
  ["set slow --ui on", 'rollout "slow": ui_enabled needs runtime_enabled, which is off'],
  ["set slow --percentage 50 --force", "validation error (reason): must not be empty"],
  ["set ghost --contract on", "processing mode not found: ghost"],
  ["set slow --contract on --registry ghost", "registry not found"],
  ["set slow --contract on --expected-version 9", 'rollout "slow" version conflict: expected=9 actual=1'],
  ["advance slow", 'rollout "slow" cannot advance to 1%: contract_enabled is off; runtime_enabled is off'],
  ["rollback ghost --kind soft", "processing mode not found: ghost"],
  ["status ghost", "processing mode not found: ghost"],
  ["report ghost", "processing mode not found: ghost"],
])("what is refused is one line and exit code 1, from a server and from a store: %s", async (line, text) => {
  const fromServer = await runHere(["rollout", ...words(line), ...one.server()]);
  expect(fromServer).toMatchObject({ code: 1, stdout: "" });
  expect(fromServer.stderr).toContain(`profile-registry: ${text}`);
  expect(fromServer.stderr.trimEnd()).not.toContain("\n");
  expect(await runHere(["rollout", ...words(line), ...one.store()])).toEqual(fromServer);
});

test.each([
  ["set slow", "nothing is set"],
  ["set slow --percentage many", "It must be a number."],
  ["set slow --stages 1,x", "It must be a number."],
  ["set slow --contract yes", "Allowed choices are on, off."],
  ["set slow --threshold speed=1", "--threshold must be NAME=VALUE with a name of min_samples, window_s"],
  ["set slow --threshold min_samples=1.5", '--threshold min_samples must be a whole number, not "1.5"'],
  ["set slow --threshold p95_ratio=fast", '--threshold p95_ratio must be a number, not "fast"'],
  ["rollback slow", "required option '--kind <KIND>' not specified"],
  ["rollback slow --kind firm", "Allowed choices are soft, hard."],
  ["parity", "--server must be given twice"],
  ["parity --server http://127.0.0.1:9", "--server must be given twice"],
])("wrong usage is exit code 2: %s", async (line, text) => {
  const { code, stderr } = await runHere(["rollout", ...words(line)]);
  expect(stderr).toContain(text);
  expect(code).toBe(2);
});

describe("status", () => {
  test("has a line for each mode, with what is missing", async () => {
    const { stdout } = await runHere(["rollout", "status", ...other.server()]);
    const [head, fast, slow] = stdout.split("\n");
    expect(head).toMatch(/^MODE +PERCENT +CONTRACT +RUNTIME +UI /);
    expect(fast).toContain("voice-fast-v1, ghost (missing)");
    expect(slow).toMatch(/^slow +0 +off +off +off .* analyst +1$/);
    expect((await runHere(["rollout", "status", ...other.store()])).stdout).toBe(stdout);
  });

  test("of a mode shows all of its rollout, with times that can be read", async () => {
    const fromServer = await runHere(["rollout", "status", "slow", ...one.server()]);
    expect(fromServer.stdout).toMatch(/^registry: default\nmode: slow\ncontract_enabled: false\n/);
    expect(fromServer.stdout).toMatch(
      /\nprofiles:\n {2}- analyst\nstage_since: \d{4}-[\d-]+T[\d:]+Z\nversion: 1\n$/,
    );
    expect(await runHere(["rollout", "status", "slow", ...one.store()])).toEqual(fromServer);
  });

  test("of a registry without modes is a head alone", async () => {
    const { stdout } = await runHere(["rollout", "status", "--registry", "team", ...one.server()]);
    expect(stdout.trimEnd()).toMatch(/^MODE .*VERSION$/);
  });
});

test("--json is what REST answers, from a server and from a store", async () => {
  for (const [args, path] of [
    ["status", "/rollouts"],
    ["status slow", "/rollouts/slow"],
    ["status --registry team", "/rollouts?registry=team"],
  ] as const) {
    const { json } = await one.rest("GET", path);
    for (const target of [one.server(), one.store()])
      expect(await jsonOf(["rollout", ...words(args), ...target]), args).toEqual(json);
  }
  const advanced = await jsonOf(["rollout", "set", "slow", "--salt", "s", "--dry-run", ...one.server()]);
  expect(advanced).toMatchObject({ mode: "slow", salt: "s", version: 2 });
});

describe("report", () => {
  beforeAll(async () => {
    await one.rest("POST", "/rollouts/outcomes", {
      body: { outcomes: [TURN, { ...TURN, deployment: "cloud", success: false }] },
    });
  });

  test("shows the gates and what they were decided from", async () => {
    const { stdout, code } = await runHere(["rollout", "report", "fast", ...one.server()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^default\/fast: 0 % since \S+Z, next stage 10 %\nnot ready to go on\n/);
    expect(stdout).toMatch(/\nmismatches +yes +0 mismatches/);
    expect(stdout).toMatch(/\nfast +2 +1 +0\.5 /);
    expect(stdout).toMatch(/\nfast, cloud +1 +1 +1 /);
    expect(stdout).not.toContain("turned back");
  });

  test("adds the last rollback where it is asked for", async () => {
    const incident = ["rollout", "report", "fast", "--incident"];
    const { stdout } = await runHere([...incident, ...one.server()]);
    expect(stdout).toMatch(
      /\nturned back \(hard\) \S+Z by anonymous \(rpc\), revision \d+\ntrigger: manual\n/,
    );
    const slow = await runHere(["rollout", "report", "slow", "--incident", ...one.server()]);
    expect(slow.stdout).toMatch(/\n\nit was never turned back\n$/);
  });

  test("--json is what REST answers, but for its own time", async () => {
    const { json } = await one.rest("GET", "/rollouts/fast/report?incident=true");
    const { window: _, ...report } = json as { window: object };
    expect(await jsonOf(["rollout", "report", "fast", "--incident", ...one.server()])).toMatchObject(
      withoutTimes(report),
    );
  });
});

/** Without what time alone changes. */
function withoutTimes(report: object): object {
  const { gates: _, ...rest } = report as { gates?: unknown };
  return rest;
}

describe("parity", () => {
  const a = sharedTargets();
  const b = sharedTargets();
  const both = () => [...a.server(), ...b.server()];
  const set = (target: Targets, line: string) =>
    runHere(["rollout", "set", ...words(line), ...target.server()]);

  beforeAll(async () => {
    for (const target of [a, b]) {
      await declare(target, { fast: { profiles: ["voice-fast-v1"] }, slow: { profiles: ["analyst"] } });
      await set(target, "fast --contract on --runtime on --percentage 50 --force --reason test");
    }
  });

  test("of deployments that act alike is exit code 0, however often each was written", async () => {
    await a.rest("PATCH", "/profiles/voice-fast-v1", { body: {} });
    await set(a, "fast --contract on");
    expect(await runHere(["rollout", "parity", ...both()])).toEqual({
      code: 0,
      stdout: "equal: fast, slow; 126 sample answers\n",
      stderr: "",
    });
  });

  test("tells in which members rollouts differ, and exits with 1", async () => {
    await set(a, "slow --contract on --threshold min_samples=5");
    const { code, stdout, stderr } = await runHere(["rollout", "parity", "slow", ...both()]);
    expect([code, stderr]).toEqual([1, "profile-registry: 5 differences\n"]);
    expect(stdout).toContain("slow: contract_enabled: true at http://");
    expect(stdout).toMatch(
      /^slow: thresholds: \{"min_samples":5,.*\} at \S+, \{"min_samples":200,.*\} at \S+$/m,
    );
    expect(stdout).toMatch(/^slow: config_digest: "sha256:/m);
    await set(b, "slow --contract on --threshold min_samples=5");
    expect((await runHere(["rollout", "parity", "slow", ...both()])).code).toBe(0);
  });

  test("tells which sample answers differ where profiles do", async () => {
    await b.rest("PATCH", "/profiles/voice-fast-v1", { body: { runtime: { system_prompt: "other" } } });
    const { stdout } = await runHere(["rollout", "parity", "fast", ...both()]);
    expect(stdout).toMatch(/^fast: config_digest: /m);
    expect(stdout).toMatch(
      /^fast: answer runtime.system_prompt: ".*" at \S+, "other" at \S+ \(local, key parity-\d+ and \d+ more\)$/m,
    );
  });

  test("tells of a mode that one of them does not declare", async () => {
    await declare(b, { fast: { profiles: ["voice-fast-v1"] } });
    const { stdout } = await runHere(["rollout", "parity", "slow", ...both()]);
    expect(stdout).toMatch(/^slow: declared: true at \S+, false at \S+$/m);
  });

  test("--json has both values of each difference", async () => {
    const { code, stdout } = await runHere(["rollout", "parity", "slow", "--json", ...both()]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [a.server()[1], b.server()[1]],
      modes: ["slow"],
      equal: false,
      differences: expect.arrayContaining([{ mode: "slow", what: "declared", values: [true, false] }]),
    });
  });

  test("of a mode that neither declares is refused", async () => {
    expect(await runHere(["rollout", "parity", "ghost", ...both()])).toMatchObject({
      code: 1,
      stderr: "profile-registry: processing mode not found: ghost\n",
    });
  });
});

describe("other commands", () => {
  test("registry get shows the modes that are declared", async () => {
    const { stdout } = await runHere(["registry", "get", ...other.server()]);
    expect(stdout).toContain(
      "processing_modes:\n  fast:\n    profiles:\n      - voice-fast-v1\n      - ghost\n",
    );
    const { json } = await other.rest("GET", "/registries/default");
    expect(await jsonOf(["registry", "get", ...other.store()])).toEqual(json);
  });

  test("log shows writes to rollouts, in JSON with why they were made", async () => {
    const { stdout } = await runHere(["log", ...one.server()]);
    expect(stdout).toMatch(/ rollback_rollout +default\/rollouts\/fast +7$/m);
    const { json } = await one.rest("GET", "/log");
    const lines = (await runHere(["log", "--after", "0", "--json", ...one.store()])).stdout
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(json);
    expect(json).toContainEqual(
      expect.objectContaining({ mode: "fast", details: expect.objectContaining({ reason: "too slow" }) }),
    );
  });

  test("resolve asks for a mode, the same from a server and from a store", async () => {
    await runHere([
      "rollout",
      "set",
      ...words("slow --contract on --runtime on --cohort user-7"),
      ...one.server(),
    ]);
    for (const [line, outcome] of [
      ["--mode slow --targeting-key user-7", { outcome: "applied", profile: "analyst" }],
      ["--mode slow --conv-id user-7 --processing-profile analyst", { outcome: "applied" }],
      ["--mode slow --deployment cloud", { outcome: "not_in_rollout", requested_mode: "slow" }],
      ["--mode slow --targeting-key user-8", { outcome: "not_in_rollout", bucket: expect.any(Number) }],
    ] as const) {
      const fromServer = await runHere(["resolve", ...words(line), ...one.server()]);
      expect(JSON.parse(fromServer.stdout), line).toMatchObject({ processing: outcome });
      expect(await runHere(["resolve", ...words(line), ...one.store()]), line).toEqual(fromServer);
    }
    const undeclared = await runHere(["resolve", "--mode", "ghost", ...one.server()]);
    expect(undeclared).toMatchObject({
      code: 1,
      stderr: 'profile-registry: processing.mode must be one of "default", "fast", "slow"\n',
    });
  });
});
