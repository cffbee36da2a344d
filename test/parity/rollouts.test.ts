/** Rollouts of processing modes (spec 5.5), read and written over both edges. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/index.js";
import { bothEdges, type Case, invalid, NOW, onBothEdges, sameOnBoth } from "./both-edges.js";
import {
  advanceRollout,
  create,
  createRegistry,
  declare,
  getReport,
  getRollout,
  listLog,
  reportOutcomes,
  resolve,
  rollbackRollout,
  updateRegistry,
  updateRollout,
} from "./operations.js";
import { NO_REGISTRY, REGISTRY_NOT_FOUND, stale } from "./refusals.js";
import { documentOf, ON, prepare } from "./writes.js";

const fast = declare(["fast"]);
const NO_MODE = { error: "not_found", message: "processing mode not found: ghost" } as const;
const NO_MODE_NAME = { error: "malformed", message: 'processing mode "No!" is invalid' } as const;

describe("a registry", () => {
  onBothEdges([
    {
      name: "shows the modes that it declares",
      given: [
        updateRegistry({
          processing_modes: { Fast: { profiles: ["Fast-v1", "other"], description: " quick " } },
        }),
      ],
      when: { do: "get-registry" },
      gives: {
        document: { processing_modes: { fast: { profiles: ["fast-v1", "other"], description: "quick" } } },
      },
    },
    {
      name: "keeps its modes where an update does not name them",
      given: [fast],
      when: updateRegistry({ description: "d" }),
      gives: { document: { processing_modes: { fast: { profiles: ["fast"] } } } },
    },
    {
      name: "has its modes replaced whole",
      given: [fast],
      when: declare(["slow"]),
      gives: {
        document: { processing_modes: { slow: { profiles: ["slow"] } } },
        without: ["processing_modes.fast"],
      },
    },
    {
      name: "has its modes cleared by none",
      given: [fast],
      when: updateRegistry({ processing_modes: {} }),
      gives: { document: {}, without: ["processing_modes"] },
    },
    {
      name: "can be created with modes",
      given: [createRegistry("moded", { processing_modes: { fast: { profiles: ["a"] } } })],
      when: getRollout("fast", { registry: "moded" }),
      gives: { document: { registry: "moded", mode: "fast", version: 1 } },
    },
    {
      name: "refuses declarations that are none, all at once",
      when: updateRegistry({
        processing_modes: { default: { profiles: ["a"] }, fast: { profiles: [] } },
      }),
      gives: invalid(
        ["registry.processing_modes.default", 'processing mode "default" is reserved'],
        ["registry.processing_modes.fast.profiles", "must not be empty"],
      ),
    },
  ]);
});

const NEW_ROLLOUT = {
  mode: "fast",
  contract_enabled: false,
  runtime_enabled: false,
  ui_enabled: false,
  cloud_enforced: false,
  percentage: 0,
  cohort: [],
  stages: [1, 5, 25, 50, 100],
  thresholds: {
    min_samples: 200,
    window_s: 900,
    min_stage_s: 600,
    error_rate_delta: 0.01,
    p95_ratio: 0.95,
    p95_regression: 1.2,
  },
  auto_rollback: false,
  stage_since_ms: NOW,
  config_digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  capped: [],
  version: 1,
};

describe("a rollout", () => {
  onBothEdges([
    {
      name: "is there, all off, once its mode is declared",
      given: [fast],
      when: getRollout(" FAST "),
      gives: { document: { ...NEW_ROLLOUT, registry: "case-0", salt: "case-0/fast" } },
    },
    {
      name: "is listed by mode",
      given: [declare(["slow", "fast"])],
      when: { do: "list-rollouts" },
      gives: { document: [{ mode: "fast" }, { mode: "slow" }] },
    },
    {
      name: "is not there where no mode is declared",
      when: { do: "list-rollouts" },
      gives: { document: [] },
    },
    { name: "of an undeclared mode is not found", given: [fast], when: getRollout("ghost"), gives: NO_MODE },
    { name: "is asked for by a mode that can be", when: getRollout("No!"), gives: NO_MODE_NAME },
    {
      name: "is asked for by a registry that can be",
      when: getRollout("fast", { registry: "No!" }),
      gives: NO_REGISTRY,
    },
    {
      name: "is asked for by a registry that is there",
      when: getRollout("fast", { registry: "ghost" }),
      gives: REGISTRY_NOT_FOUND,
    },
    {
      name: "is one of the default registry where none is named",
      given: [declare(["fast"], { registry: "default" })],
      when: getRollout("fast", { registry: " " }),
      gives: { document: { registry: "default" } },
    },
  ]);
});

describe("an update of a rollout", () => {
  const cases: Case[] = [
    {
      name: "replaces what is given and keeps the rest",
      given: [fast, updateRollout("fast", { cohort: ["a", "b"], salt: "s", auto_rollback: true })],
      when: updateRollout("fast", { ...ON, percentage: 0.5, cohort: ["c"], stages: [10, 20.25, 100] }),
      gives: {
        document: {
          ...ON,
          percentage: 0.5,
          cohort: ["c"],
          stages: [10, 20.25, 100],
          salt: "s",
          auto_rollback: true,
          version: 3,
        },
      },
    },
    {
      name: "lays thresholds over the stored ones",
      given: [fast, updateRollout("fast", { thresholds: { min_samples: 5, p95_ratio: 1 } })],
      when: updateRollout("fast", { thresholds: { p95_ratio: 1.1, min_stage_s: 0 } }),
      gives: {
        document: { thresholds: { min_samples: 5, p95_ratio: 1.1, min_stage_s: 0, window_s: 900 } },
      },
    },
    {
      name: "turns flags off and empties the cohort",
      given: [fast, updateRollout("fast", { ...ON, cohort: ["a"] })],
      when: updateRollout("fast", { contract_enabled: false, runtime_enabled: false, cohort: [] }),
      gives: { document: { contract_enabled: false, runtime_enabled: false, cohort: [] } },
    },
    {
      name: "is a write also where it changes nothing",
      given: [fast],
      when: updateRollout("fast"),
      gives: { document: { version: 2 } },
    },
    {
      name: "tells all that is not valid",
      given: [fast],
      when: updateRollout("fast", { percentage: 1.234, stages: [5, 5], thresholds: { p95_ratio: 0 } }),
      gives: invalid(
        ["rollout.percentage", "must be a number from 0 to 100 with at most two decimals"],
        ["rollout.stages[1]", "must be above the stage before it (5)"],
        ["rollout.thresholds.p95_ratio", "must be a number from 0.01 to 100"],
      ),
    },
    {
      name: "refuses a flag without the one that it needs",
      given: [fast],
      when: updateRollout("fast", { runtime_enabled: true, ui_enabled: true }),
      gives: {
        error: "failed_precondition",
        message: 'rollout "fast": runtime_enabled needs contract_enabled, which is off',
      },
    },
    {
      name: "refuses to go past the next stage",
      given: [fast],
      when: updateRollout("fast", { percentage: 5 }),
      gives: {
        error: "failed_precondition",
        message:
          'rollout "fast" cannot be raised from 0% to 5%: its next stage is 1% (force with a reason does it all the same)',
      },
    },
    {
      name: "goes past it by force, with a reason",
      given: [fast],
      when: updateRollout("fast", { percentage: 5 }, { force: true, reason: "load test" }),
      gives: { document: { percentage: 5 } },
    },
    {
      name: "refuses force without a reason",
      given: [fast],
      when: updateRollout("fast", { percentage: 5 }, { force: true, reason: " " }),
      gives: invalid(["reason", "must not be empty"]),
    },
    {
      name: "refuses a stale expected version",
      given: [fast],
      when: updateRollout("fast", ON, stale),
      gives: { error: "version_conflict", message: 'rollout "fast" version conflict: expected=9 actual=1' },
    },
    { name: "of an undeclared mode is refused", when: updateRollout("ghost", ON), gives: NO_MODE },
  ];
  onBothEdges(cases);
});

describe("an advance", () => {
  onBothEdges([
    {
      name: "goes to the first stage",
      given: [create("fast"), fast, updateRollout("fast", ON)],
      when: advanceRollout("fast"),
      gives: { document: { percentage: 1, version: 3, stage_since_ms: NOW } },
    },
    {
      name: "of what is off, or has no profile, says what is missing",
      given: [fast, updateRollout("fast", { contract_enabled: true })],
      when: advanceRollout("fast"),
      gives: {
        error: "failed_precondition",
        message:
          'rollout "fast" cannot advance to 1%: runtime_enabled is off; its profile "fast" does not exist',
      },
    },
    {
      name: "past the first stage says which gates do not hold, with the figures",
      given: [
        create("fast"),
        fast,
        updateRollout("fast", { ...ON, thresholds: { min_stage_s: 0, min_samples: 3 } }),
        advanceRollout("fast"),
      ],
      when: advanceRollout("fast"),
      gives: {
        error: "failed_precondition",
        message:
          'rollout "fast" cannot advance to 5%: gates not met: min_samples (0 outcomes of the mode and 0 of the control, of at least 3 each); error_rate (no outcomes to compare); critical_error_rate (no outcomes to compare); p95_latency (no outcomes to compare)',
      },
    },
    {
      name: "refuses a stale expected version",
      given: [create("fast"), fast, updateRollout("fast", ON)],
      when: advanceRollout("fast", stale),
      gives: { error: "version_conflict", message: 'rollout "fast" version conflict: expected=9 actual=2' },
    },
  ]);
});

describe("a rollback", () => {
  const running = [
    create("fast"),
    fast,
    updateRollout("fast", { ...ON, cohort: ["a"] }),
    advanceRollout("fast"),
  ];
  onBothEdges([
    {
      name: "that is soft keeps contract and cohort",
      given: running,
      when: rollbackRollout("fast", "soft", { reason: "timeouts" }),
      gives: {
        document: {
          contract_enabled: true,
          runtime_enabled: false,
          percentage: 0,
          cohort: ["a"],
          version: 4,
        },
      },
    },
    {
      name: "that is hard turns the contract off too",
      given: running,
      when: rollbackRollout("fast", "hard"),
      gives: { document: { contract_enabled: false, runtime_enabled: false, percentage: 0, cohort: ["a"] } },
    },
    {
      name: "of what is off already is done all the same",
      given: [fast],
      when: rollbackRollout("fast", "soft"),
      gives: { document: { version: 2 } },
    },
    {
      name: "is of one of two kinds",
      given: [fast],
      when: rollbackRollout("fast", "firm"),
      gives: { error: "malformed", message: 'kind must be one of "soft", "hard"' },
    },
    {
      name: "refuses a stale expected version, if one is given",
      given: [fast],
      when: rollbackRollout("fast", "soft", stale),
      gives: { error: "version_conflict", message: 'rollout "fast" version conflict: expected=9 actual=1' },
    },
  ]);
});

describe("the log", () => {
  onBothEdges([
    {
      name: "tells of writes to rollouts by their mode, and why they were made",
      given: [
        fast,
        updateRollout("fast", { percentage: 5 }, { force: true, reason: "load test" }),
        rollbackRollout("fast", "hard", { reason: "done" }),
        updateRegistry({ processing_modes: {} }),
      ],
      when: listLog(),
      gives: {
        document: [
          { operation: "create_registry" },
          { operation: "update_registry", version: 2 },
          { operation: "create_rollout", mode: "fast", version: 1, registry_version: 2 },
          {
            operation: "update_rollout",
            mode: "fast",
            version: 2,
            registry_version: 2,
            source: "edge",
            details: { force: true, reason: "load test" },
          },
          {
            operation: "rollback_rollout",
            mode: "fast",
            version: 3,
            details: { kind: "hard", trigger: "manual", reason: "done", percentage: 5, stage: 5 },
          },
          { operation: "update_registry", version: 3 },
          { operation: "delete_rollout", mode: "fast", version: 3 },
        ],
        without: ["1.mode", "1.details", "2.details", "2.profile"],
      },
    },
  ]);
});

const OUTCOME: JsonObject = {
  mode: "fast",
  resolved_mode: "fast",
  applied_mode: "fast",
  latency_ms: 120,
  success: true,
};
const CONTROL: JsonObject = { ...OUTCOME, resolved_mode: "default", applied_mode: "default" };

describe("reports of outcomes", () => {
  const refused = (name: string, outcome: JsonObject, message: string): Case => ({
    name: `refuse ${name}`,
    given: [fast],
    when: reportOutcomes([OUTCOME, { ...OUTCOME, ...outcome }]),
    gives: { error: "malformed", message: `outcomes[1].${message}` },
  });
  onBothEdges([
    {
      name: "are taken where registry and mode are known, else dropped and counted",
      given: [fast],
      when: reportOutcomes([
        OUTCOME,
        { ...OUTCOME, mode: " FAST " },
        { latency_ms: 1, success: false },
        { ...OUTCOME, mode: "ghost" },
        { ...OUTCOME, registry: "ghost" },
        { ...OUTCOME, registry: "No!" },
      ]),
      gives: { document: { accepted: 3, dropped: 3 } },
    },
    {
      name: "may be none",
      when: reportOutcomes([]),
      gives: { document: { accepted: 0, dropped: 0 } },
    },
    {
      name: "hold all that is known of a turn",
      given: [fast],
      when: reportOutcomes([
        {
          ...OUTCOME,
          resolved_model: "m",
          observed_model: "m",
          conv_id: "c",
          observed_conv_id: "c",
          deployment: "cloud",
          fingerprint: "sha256:0",
          success: false,
          error_type: "timeout",
          critical: true,
          severity: "minor",
          category: "error",
          quality_score: 0,
        },
      ]),
      gives: { document: { accepted: 1, dropped: 0 } },
    },
    refused("a latency below 0", { latency_ms: -1 }, "latency_ms must be a number of at least 0"),
    refused("a score above 1", { quality_score: 1.5 }, "quality_score must be a number from 0 to 1"),
    refused("a path that is none", { deployment: "unknown" }, 'deployment must be one of "local", "cloud"'),
    refused(
      "a severity that is none",
      { severity: "unknown" },
      'severity must be one of "minor", "major", "severe"',
    ),
    refused(
      "a category that is none",
      { category: "unknown" },
      'category must be one of "quality", "safety", "error"',
    ),
    {
      name: "refuse more than a thousand at once",
      given: [fast],
      when: reportOutcomes(Array(1_001).fill(OUTCOME)),
      gives: { error: "malformed", message: "outcomes must not be more than 1000" },
    },
  ]);
});

describe("a report", () => {
  const edges = bothEdges();

  test("has the figures of both populations and of both paths", async () => {
    await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "reported", [
        create("fast"),
        fast,
        updateRollout("fast", ON),
        advanceRollout("fast"),
      ]);
      const inHome = { registry: "reported" };
      await edge.perform(
        reportOutcomes(
          [
            OUTCOME,
            { ...OUTCOME, deployment: "cloud", success: false, critical: true, quality_score: 0.5 },
            { ...OUTCOME, observed_model: "b", resolved_model: "a", severity: "severe", category: "safety" },
            CONTROL,
          ],
          inHome,
        ),
      );
      const report = await edge.perform(getReport("fast", inHome));
      expect(report).toMatchObject({
        document: {
          registry: "reported",
          mode: "fast",
          percentage: 1,
          stage_since_ms: NOW,
          window: { from_ms: NOW, to_ms: NOW },
          next_stage: 5,
          ready: false,
          mode_figures: {
            samples: 3,
            errors: 1,
            error_rate: 1 / 3,
            critical_errors: 1,
            mismatches: 1,
            severe: 1,
            severe_safety: 1,
            quality_score: 0.5,
          },
          control_figures: { samples: 1, errors: 0, error_rate: 0, quality_score: null },
          deployments: { local: { samples: 2 }, cloud: { samples: 1, error_rate: 1 } },
        },
      });
      const { gates, deployments } = documentOf(report) as unknown as {
        gates: { name: string }[];
        deployments: { cloud: { latency_buckets: { up_to_ms: number; count: number }[] } };
      };
      expect(gates.map(({ name }) => name)).toEqual([
        "min_stage_s",
        "min_samples",
        "mismatches",
        "error_rate",
        "critical_error_rate",
        "p95_latency",
        "severe_reports",
        "local_cloud",
      ]);
      expect(deployments.cloud.latency_buckets).toEqual([{ up_to_ms: expect.any(Number), count: 1 }]);
      return report;
    });
  });

  test("has null where nothing was reported, and no incident unless it is asked for", async () => {
    const report = await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "unreported", [fast, rollbackRollout("fast", "soft")]);
      return edge.perform(getReport("fast", { registry: "unreported" }));
    });
    expect(report).toMatchObject({
      document: {
        mode_figures: { samples: 0, error_rate: null, latency_ms: { p50: null }, latency_buckets: [] },
      },
    });
    expect(report).not.toHaveProperty("document.incident");
  });

  test("with the incident tells of the last rollback", async () => {
    const report = await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "incident", [
        create("fast"),
        fast,
        updateRollout("fast", ON),
        advanceRollout("fast"),
        rollbackRollout("fast", "hard", { reason: "timeouts" }),
      ]);
      return edge.perform(getReport("fast", { registry: "incident", incident: true }));
    });
    expect(report).toMatchObject({
      document: {
        incident: {
          kind: "hard",
          trigger: "manual",
          reason: "timeouts",
          operation: "rollback_rollout",
          actor: "anonymous",
          source: "edge",
          time_ms: NOW,
          stage: 1,
          percentage: 1,
          default_share: { before: null, after: null },
        },
      },
    });
  });

  test("of a mode that was never turned back has no incident", async () => {
    const report = await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "calm", [fast]);
      return edge.perform(getReport("fast", { registry: "calm", incident: true }));
    });
    expect(report).not.toHaveProperty("document.incident");
  });
});

describe("features", () => {
  onBothEdges([
    {
      name: "show a mode whose UI is on and whose profile is there",
      given: [
        create("fast"),
        updateRegistry({
          processing_modes: {
            fast: { profiles: ["fast"], description: "d" },
            slow: { profiles: ["x", "y"] },
          },
        }),
        updateRollout("fast", ON),
        updateRollout("fast", { ui_enabled: true }, { force: true, reason: "r" }),
      ],
      when: { do: "get-features" },
      gives: {
        document: {
          registry: "case-0",
          modes: [
            { mode: "fast", description: "d", profiles: ["fast"], visible: true },
            { mode: "slow", profiles: ["x", "y"], visible: false },
          ],
        },
        without: ["modes.1.description"],
      },
    },
    {
      name: "of a registry that is not there are not found",
      when: { do: "get-features", registry: "ghost" },
      gives: REGISTRY_NOT_FOUND,
    },
  ]);
});

describe("a resolve", () => {
  onBothEdges([
    {
      name: "gets the mode that it asks for once it is inside the rollout",
      given: [
        create("a", { runtime: { system_prompt: "plain" } }),
        create("fast", { runtime: { system_prompt: "quick" } }),
        fast,
        updateRollout("fast", { ...ON, cohort: ["user-7"] }),
      ],
      when: resolve({ profile: "a", processing: { mode: "fast" }, targeting_key: "user-7", explain: true }),
      gives: {
        document: {
          runtime: { system_prompt: "quick" },
          processing: {
            requested_mode: "fast",
            applied_mode: "fast",
            profile: "fast",
            profile_version: 1,
            outcome: "applied",
            bucket: expect.any(Number),
          },
        },
      },
    },
  ]);
});

describe("where every write needs an expected version", () => {
  onBothEdges(
    [
      {
        name: "an update of a rollout needs one",
        given: [createRegistry("strict", { processing_modes: { fast: { profiles: ["a"] } } })],
        when: updateRollout("fast", ON, { registry: "strict" }),
        gives: invalid(["expected_version", "is required for a write to an existing document"]),
      },
      {
        name: "a rollback needs none",
        given: [createRegistry("back", { processing_modes: { fast: { profiles: ["a"] } } })],
        when: rollbackRollout("fast", "hard", { registry: "back" }),
        gives: { document: { version: 2 } },
      },
      {
        name: "an update that only turns off needs none",
        given: [createRegistry("off", { processing_modes: { fast: { profiles: ["a"] } } })],
        when: updateRollout("fast", { contract_enabled: false, percentage: 0 }, { registry: "off" }),
        gives: { document: { version: 2 } },
      },
    ],
    { "require-expected-version": "true" },
  );
});
