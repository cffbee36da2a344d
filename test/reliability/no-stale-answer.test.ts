/**
 * No server answers from before a write that was acknowledged when it was asked, by itself or by another server on its file:
 * over every edge, while nearly all answers are ones that are reused. `STALE_SECONDS` says how long that is tried (default 2).
 */
import { setTimeout as pause } from "node:timers/promises";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import type { ResolveProfileResponse } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import type { JsonObject } from "../../src/domain/json.js";
import { serve, temporaryDirectory } from "../cli/program.js";
import { restClient } from "../support/rest.js";
import { connectClients, type RpcClients, rpcClients } from "../support/rpc.js";

const SECONDS = Number(process.env.STALE_SECONDS ?? 2);
/** A write changes at most three questions in three encodings on two servers, most change fewer: of so many most are reused. */
const ANSWERS_PER_WRITE = 40;
const CLIENTS_PER_EDGE = 2;

/** Each is about what one of the writers writes. */
const QUESTIONS = {
  prompt: { profile: "written" },
  default: {},
  mode: { profile: "steady", mode: "fast" },
} as const;
type Question = keyof typeof QUESTIONS;
type Asked = { profile?: string; mode?: string };

/** What of an answer is compared: its revision, and the one thing that is written. */
interface Told {
  revision: number;
  value: string;
}
type Edge = (
  asked: Asked,
  conversation: string,
) => Promise<{ [question in Question]: string } & { revision: number }>;
/** Answers the revision of the write, once it is acknowledged. */
type Writer = (value: string) => Promise<number>;

interface Server {
  edges: { [name: string]: Edge };
  /** By question, over REST and RPC. */
  writers: { [question in Question]: Writer[] };
}

function serverAt(url: string): Server {
  const rest = restClient(url);
  const send = async (method: string, path: string, body: JsonObject): Promise<number> => {
    const { status, headers, text } = await rest(method, path, { body });
    expect(status, text).toBeLessThan(300);
    return Number(headers.get("profile-registry-revision"));
  };
  const proto = connectClients(url);
  const forced = { force: true, reason: "test" };
  return {
    edges: {
      REST: async ({ profile, mode }, conv_id) => {
        const query = new URLSearchParams({ ...(profile && { profile }), conv_id, ...(mode && { mode }) });
        const { status, json, text } = await rest("GET", `/resolve?${query}`);
        expect(status, text).toBe(200);
        const answer = json as Record<"runtime" | "processing", JsonObject> & JsonObject;
        expect(answer.conv_id).toBe(conv_id);
        return {
          revision: answer.revision as number,
          prompt: String(answer.runtime.system_prompt),
          default: String(answer.profile),
          mode: String(answer.processing.applied_mode),
        };
      },
      "Connect, JSON": rpcEdge(connectClients(url, { json: true })),
      "Connect, proto": rpcEdge(proto),
      gRPC: rpcEdge(rpcClients(createGrpcTransport({ baseUrl: url }))),
    },
    writers: {
      prompt: [
        (value) => send("PATCH", "/profiles/written", { runtime: { system_prompt: value } }),
        async (value) => {
          const profile = { slug: "written", runtime: { systemPrompt: value } };
          return Number((await proto.registry.updateProfile({ profile })).revision);
        },
      ],
      default: [
        (slug) => send("POST", `/profiles/${slug}/default`, {}),
        async (slug) => Number((await proto.registry.setDefaultProfile({ slug })).revision),
      ],
      mode: [
        (mode) => send("PATCH", "/rollouts/fast", { runtime_enabled: mode === "fast", ...forced }),
        async (mode) => {
          const rollout = { mode: "fast", runtimeEnabled: mode === "fast" };
          const updateMask = { paths: ["runtime_enabled"] };
          return Number((await proto.rollouts.updateRollout({ rollout, updateMask, ...forced })).revision);
        },
      ],
    },
  };
}

function rpcEdge({ resolver }: RpcClients): Edge {
  return async ({ profile = "", mode }, convId) => {
    const answer: ResolveProfileResponse = await resolver.resolveProfile({
      profile,
      convId,
      ...(mode && { processing: { mode } }),
    });
    return {
      revision: Number(answer.revision),
      prompt: answer.runtime?.systemPrompt ?? "",
      default: answer.profile,
      mode: answer.processing?.appliedMode ?? "",
    };
  };
}

test(`for ${SECONDS} s no answer of two servers on one file is older than what was acknowledged before it was asked for`, {
  timeout: 60_000 + SECONDS * 2_000,
}, async () => {
  await using directory = await temporaryDirectory();
  const flags = ["--profile-registry-db", directory.path("profiles.db")];
  await using one = await serve(flags);
  await using other = await serve(flags);
  const setUp = restClient(one.url);
  for (const slug of ["written", "steady", "fast-v1"])
    await setUp("POST", "/profiles", { body: { slug, runtime: { system_prompt: slug } } });
  const modes = { processing_modes: { fast: { profiles: ["fast-v1"] } } };
  await setUp("PATCH", "/registries/default", { body: modes });
  const all = { contract_enabled: true, percentage: 100, force: true, reason: "test" };
  expect(await setUp("PATCH", "/rollouts/fast", { body: all })).toMatchObject({ status: 200 });
  const servers = [serverAt(one.url), serverAt(other.url)];
  const edges = servers.flatMap((server, i) =>
    Object.entries(server.edges).map(([name, ask]) => ({ name: `${name} of server ${i}`, ask })),
  );

  let known = 0;
  let conversations = 0;
  const records: { edge: string; question: Question; told: Told; known: number }[] = [];
  const ask = async ({ name, ask }: (typeof edges)[number], question: Question): Promise<void> => {
    const before = known;
    const { revision, ...values } = await ask(QUESTIONS[question], `c-${conversations++}`);
    records.push({ edge: name, question, told: { revision, value: values[question] }, known: before });
  };

  // Each is written by one alone, so that what it is at every revision is known when all is done.
  const history: { [question in Question]: Told[] } = { prompt: [], default: [], mode: [] };
  const written = {
    prompt: (i: number) => `prompt ${i}`,
    default: (i: number) => (i % 2 === 0 ? "written" : "steady"),
    mode: (i: number) => (i % 2 === 0 ? "fast" : "default"),
  };
  const write = async (question: Question, i: number): Promise<void> => {
    const ways = servers.flatMap(({ writers }) => writers[question]);
    const value = written[question](i);
    const revision = await ways[i % ways.length]!(value);
    known = Math.max(known, revision);
    history[question].push({ revision, value });
    await Promise.all(edges.map((edge) => ask(edge, question)));
  };
  const questions = Object.keys(QUESTIONS) as Question[];
  for (const question of questions) await write(question, 0);
  const end = performance.now() + SECONDS * 1_000;
  const running = () => performance.now() < end;
  const readers = edges.flatMap((edge) =>
    Array.from({ length: CLIENTS_PER_EDGE }, async (_, i) => {
      for (let turn = i; running(); turn++) await ask(edge, questions[turn % questions.length]!);
    }),
  );
  const writers = questions.map(async (question) => {
    for (let i = 1; running(); i++) {
      await write(question, i);
      const enough = records.length + questions.length * ANSWERS_PER_WRITE;
      while (running() && records.length < enough) await pause(1);
    }
  });
  await Promise.all([...readers, ...writers]);

  const wrong = records.filter(({ question, told: { revision, value }, known }) => {
    const current = history[question].findLast((entry) => entry.revision <= revision);
    return revision < known || (current !== undefined && current.value !== value);
  });
  const writes = Object.values(history).flat().length;
  if (process.env.STALE_SECONDS !== undefined) console.log({ answers: records.length, writes });
  expect(wrong.slice(0, 3), `${wrong.length} of ${records.length} answers wrong`).toEqual([]);
  for (const told of Object.values(history)) expect(told.length).toBeGreaterThan(1);
  for (const { name } of edges)
    expect(records.filter(({ edge }) => edge === name).length, name).toBeGreaterThan(10);
});
