import { ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { Deployment } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { createCatalog } from "../../src/catalog/catalog.js";
import type { DocumentView } from "../../src/domain/document-view.js";
import { DomainError } from "../../src/domain/errors.js";
import type { JsonObject } from "../../src/domain/json.js";
import { DEFAULT_LIMITS } from "../../src/domain/limits.js";
import { type ResolveRequest, resolve } from "../../src/domain/resolve.js";
import { secretExemptions } from "../../src/domain/secrets.js";
import { temporaryDirectory } from "../cli/program.js";
import { resolutionDocument } from "../parity/rpc-documents.js";
import { type RestClient, restClient } from "../support/rest.js";
import { serverForTest } from "../support/server.js";
import { createRandom, type Random } from "./history-random.js";
import { readTimeline } from "./mode-timeline.js";

const RESOLVES = Number(process.env.MODE_RESOLVES ?? 2_000);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const CLIENTS_EACH = 4;

interface Asked {
  processing?: { mode: string; profile?: string };
  deployment?: "local" | "cloud";
  conv_id: string;
  targeting_key?: string;
}

/** The answer as REST shows it, or the refusal's message. */
type Given = JsonObject | string;
type Edge = (asked: Asked) => Promise<Given>;

interface Record {
  edge: string;
  asked: Asked;
  given: Given;
  /** The last revision that was acknowledged to anyone before it was sent. */
  known: number;
}

const MODES = {
  fast: { profiles: ["fast-v1", "another-v1"] },
  another: { profiles: ["another-v1"] },
  thorough: { profiles: ["thorough-v1"] },
};

function edgesOf(url: string, rest: RestClient): { [edge: string]: Edge } {
  const answered = async (call: ReturnType<RestClient>): Promise<Given> => {
    const { status, json } = await call;
    return status === 200 ? (json as JsonObject) : String((json as JsonObject).detail);
  };
  const over = (transport: ReturnType<typeof createGrpcTransport>): Edge => {
    const resolver = createClient(ResolverService, transport);
    return async ({ processing, deployment, conv_id: convId, targeting_key: targetingKey = "" }) => {
      try {
        return resolutionDocument(
          await resolver.resolveProfile({
            convId,
            targetingKey,
            ...(processing && { processing }),
            ...(deployment && { deployment: Deployment[deployment === "cloud" ? "CLOUD" : "LOCAL"] }),
          }),
        );
      } catch (error) {
        return ConnectError.from(error).rawMessage;
      }
    };
  };
  return {
    POST: (asked) => answered(rest("POST", "/resolve", { body: asked })),
    GET: ({ processing, ...asked }) => {
      const query = { ...asked, ...(processing && { mode: processing.mode }) };
      return answered(rest("GET", `/resolve?${new URLSearchParams(query)}`));
    },
    Connect: over(createConnectTransport({ baseUrl: url, httpVersion: "2" })),
    gRPC: over(createGrpcTransport({ baseUrl: url })),
  };
}

/** What GET cannot say it does not ask for. */
function ask(random: Random, edge: string): Asked {
  const mode = random.pick(["", "", "default", "fast", "fast", "fast", "another", "thorough", "slow"]);
  const profile = edge !== "GET" && mode === "fast" && random.chance(30) ? "another-v1" : undefined;
  return {
    conv_id: `c-${random.below(50)}`,
    ...(random.chance(50) ? { targeting_key: `user-${random.below(50)}` } : {}),
    ...(random.chance(50) ? { deployment: random.pick(["local", "cloud"] as const) } : {}),
    ...(mode === "" ? {} : { processing: { mode, ...(profile && { profile }) } }),
  };
}

/** One thing that operators and authors do; some of it is refused, as it would be to them. */
function change(random: Random, rest: RestClient): ReturnType<RestClient> {
  const mode = random.pick(Object.keys(MODES));
  const patch = (body: JsonObject) =>
    rest("PATCH", `/rollouts/${mode}`, { body: { ...body, force: true, reason: "interleaving" } });
  const slug = random.pick(["fast-v1", "another-v1"]);
  const dice = random.below(100);
  if (dice < 45) {
    const flag = random.pick(["contract_enabled", "runtime_enabled", "ui_enabled", "cloud_enforced"]);
    return patch({ [flag]: random.chance(75) });
  }
  if (dice < 70) return patch({ percentage: random.below(10_001) / 100 });
  if (dice < 75) return patch({ cohort: [`user-${random.below(50)}`, `c-${random.below(50)}`] });
  if (dice < 78) return patch({ salt: `salt-${random.below(3)}` });
  if (dice < 82)
    return rest("POST", `/rollouts/${mode}/rollback`, { body: { kind: random.pick(["soft", "hard"]) } });
  if (dice < 90) {
    const runtime = { system_prompt: `${slug} ${random.below(1_000)}` };
    return rest("PATCH", `/profiles/${slug}`, { body: { runtime } });
  }
  if (dice < 93) return rest("DELETE", `/profiles/${slug}`);
  if (dice < 97) return rest("POST", "/profiles", { body: { slug, runtime: { tools: [slug] } } });
  const { [mode as keyof typeof MODES]: _, ...others } = MODES;
  return rest("PATCH", "/registries/default", {
    body: { processing_modes: random.chance(30) ? others : MODES },
  });
}

const settings = {
  defaultRegistry: "default",
  catalog: createCatalog(),
  limits: DEFAULT_LIMITS,
  operator: {},
  secretExempt: secretExemptions([]),
};

/** What the rules alone make of it. */
function decided(view: DocumentView, asked: Asked): Given {
  try {
    const request: ResolveRequest = { selection: {}, ...asked };
    return JSON.parse(JSON.stringify(resolve(view, request, "none", settings)));
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

const COMPARED = [
  "processing",
  "fingerprint",
  "runtime",
  "step_settings",
  "warnings",
  "profile",
  "profile_version",
];
const compared = (answer: JsonObject) => COMPARED.map((member) => answer[member]);

test(`each of ${RESOLVES} answers, over all edges of two servers, is what the rules give at its revision, while modes are turned on and off`, {
  timeout: 60_000 + RESOLVES * 20,
}, async () => {
  await using directory = await temporaryDirectory();
  const flags = { "profile-registry-db": directory.path("profiles.db") };
  const servers = [await serverForTest(flags), await serverForTest(flags)];
  const clients = servers.map(({ url }) => ({ url, rest: restClient(url) }));
  let known = 0;
  let written = 0;
  const write = async (call: ReturnType<RestClient>): Promise<void> => {
    const { status, headers, text } = await call;
    if (status >= 500) throw new Error(text);
    if (status >= 300) return;
    known = Math.max(known, Number(headers.get("profile-registry-revision")));
    written++;
  };
  for (const slug of ["fast-v1", "another-v1"])
    await write(clients[0]!.rest("POST", "/profiles", { body: { slug, runtime: { system_prompt: slug } } }));
  await write(clients[0]!.rest("PATCH", "/registries/default", { body: { processing_modes: MODES } }));
  for (const mode of Object.keys(MODES)) {
    const body = {
      contract_enabled: true,
      runtime_enabled: true,
      percentage: 50,
      force: true,
      reason: "start",
    };
    await write(clients[1]!.rest("PATCH", `/rollouts/${mode}`, { body }));
  }

  const records: Record[] = [];
  let started = 0;
  let running = true;
  const asking = clients.flatMap(({ url, rest }, i) =>
    Object.entries(edgesOf(url, rest)).flatMap(([edge, send], j) =>
      Array.from({ length: CLIENTS_EACH }, async (_, k) => {
        const random = createRandom(SEED + i * 1_000 + j * 100 + k);
        while (started++ < RESOLVES) {
          const asked = ask(random, edge);
          const before = known;
          records.push({ edge, asked, given: await send(asked), known: before });
        }
      }),
    ),
  );
  const operators = clients.map(async ({ rest }, i) => {
    const random = createRandom(SEED + 10_000 + i);
    while (running) await write(change(random, rest));
  });
  await Promise.all(asking).finally(() => {
    running = false;
  });
  await Promise.all(operators);

  const timeline = await readTimeline(servers[0]!.store);
  const wrong: unknown[] = [];
  const seen = new Map<string, number>();
  for (const { edge, asked, given, known } of records) {
    if (typeof given === "string") {
      // A refusal tells no revision: it must be right at one that was current, or came after.
      const right = timeline.revisions
        .filter(
          (revision, i) =>
            revision >= known || (timeline.revisions[i + 1] ?? Number.POSITIVE_INFINITY) > known,
        )
        .some((revision) => decided(timeline.at(revision), asked) === given);
      if (!right) wrong.push({ edge, asked, given });
      seen.set("refused", (seen.get("refused") ?? 0) + 1);
      continue;
    }
    const { outcome } = given.processing as { outcome: string };
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    const revision = given.revision as number;
    const wanted = decided(timeline.at(revision), asked);
    try {
      expect(revision).toBeGreaterThanOrEqual(known);
      expect(compared(given)).toEqual(compared(wanted as JsonObject));
    } catch {
      wrong.push({ edge, asked, given, wanted, known });
    }
  }
  if (process.env.MODE_RESOLVES !== undefined) {
    console.log({ seed: SEED, resolves: records.length, writes: written, ...Object.fromEntries(seen) });
  }
  expect(wrong.slice(0, 3), `seed ${SEED}: ${wrong.length} of ${records.length} wrong`).toEqual([]);
  expect(records.length).toBe(RESOLVES);
  // What a server says that answers one thing to all contradicts little.
  for (const outcome of ["applied", "not_requested", "not_in_rollout", "refused"])
    expect(seen.get(outcome), `${outcome}, seed ${SEED}`).toBeGreaterThan(0);
});
