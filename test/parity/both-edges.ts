/** Runs cases over REST and over RPC, each against a server of its own, and holds the outcomes against each other. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Overrides } from "../../src/app.js";
import type { Flags } from "../../src/config.js";
import type { ErrorCode, Violation } from "../../src/index.js";
import { startServer, type TestServer } from "../support/server.js";
import { createRegistry, type Edge, type Operation } from "./operations.js";
import { restEdge } from "./rest-edge.js";
import { rpcEdge } from "./rpc-edge.js";

export interface Case {
  /** The rule. */
  name: string;
  /** What is done before; all of it must succeed. */
  given?: Operation[];
  when: Operation;
  gives: Answered | Refused;
}

interface Answered {
  /** Members that the answer has; it may have more. */
  document: unknown;
  /** Members that it has not: `a.b`, or their names where these hold dots. */
  without?: (string | string[])[];
}

interface Refused {
  error: ErrorCode;
  message: string;
  /** All of them, in order. Default none. */
  violations?: Violation[];
}

/** The outcome of a document that is not valid: all its problems, in order; the first one leads. */
export function invalid(...problems: [field: string, reason: string][]): Refused {
  const [[field, reason] = ["", ""]] = problems;
  return {
    error: "validation",
    message: `validation error (${field}): ${reason}`,
    violations: problems.map(([at, why]) => ({ field: at, reason: why })),
  };
}

/** What every clock of these servers shows. */
export const NOW = 1_700_000_000_000;

/** A server for each edge, while the tests of a file or `describe` run. */
export function bothEdges(flags: Flags = {}, overrides: Overrides = {}): readonly Edge[] {
  const servers: TestServer[] = [];
  const edges: Edge[] = [];
  beforeAll(async () => {
    for (const edge of [restEdge, rpcEdge]) {
      const server = await startServer(flags, { clock: () => NOW, ...overrides });
      servers.push(server);
      edges.push(edge(server.url));
    }
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));
  return edges;
}

/** What something gives over REST, which must be what it gives over RPC. */
export async function sameOnBoth<T>(edges: readonly Edge[], story: (edge: Edge) => Promise<T>): Promise<T> {
  const [rest, rpc] = [await story(edges[0]!), await story(edges[1]!)];
  expect(rpc).toEqual(rest);
  return rest;
}

/** Every case has an empty registry to itself, which operations mean that name none. */
export function onBothEdges(cases: readonly Case[], flags: Flags = {}, overrides: Overrides = {}): void {
  const edges = bothEdges(flags, overrides);
  cases.forEach(({ name, given = [], when, gives }, i) => {
    test(name, async () => {
      const home = `case-${i}`;
      const outcome = await sameOnBoth(edges, async (edge) => {
        for (const operation of [createRegistry(home), ...given]) {
          const done = await edge.perform({ registry: home, ...operation });
          expect(done, `given: ${operation.do}`).not.toHaveProperty("error");
        }
        return edge.perform({ registry: home, ...when });
      });
      if ("error" in gives) {
        const { error: code, message, violations = [] } = gives;
        expect(outcome).toEqual({ error: { code, message, violations } });
      } else {
        expect(outcome).toMatchObject({ document: gives.document });
        for (const member of gives.without ?? []) {
          const path = typeof member === "string" ? member.split(".") : member;
          expect(outcome).not.toHaveProperty(["document", ...path]);
        }
      }
    });
  });
}
