/** Runs cases over REST and over RPC, each against a server of its own, and holds the outcomes against each other. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Overrides } from "../../src/app.js";
import type { Flags } from "../../src/config.js";
import type { ErrorCode, Violation } from "../../src/index.js";
import { startServer, type TestServer } from "../support/server.js";
import { createRegistry, type Edge, type Operation, type Outcome } from "./operations.js";
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

/** Every case has an empty registry to itself, which operations mean that name none. */
export function onBothEdges(cases: readonly Case[], flags: Flags = {}, overrides: Overrides = {}): void {
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

  cases.forEach(({ name, given = [], when, gives }, i) => {
    test(name, async () => {
      const home = `case-${i}`;
      const outcomes: Outcome[] = [];
      for (const edge of edges) {
        for (const operation of [createRegistry(home), ...given]) {
          const outcome = await edge.perform({ registry: home, ...operation });
          expect(outcome, `given: ${operation.do}`).not.toHaveProperty("error");
        }
        outcomes.push(await edge.perform({ registry: home, ...when }));
      }
      const [rest, rpc] = outcomes;
      expect(rpc).toEqual(rest);
      if ("error" in gives) {
        const { error: code, message, violations = [] } = gives;
        expect(rest).toEqual({ error: { code, message, violations } });
      } else {
        expect(rest).toMatchObject({ document: gives.document });
        for (const member of gives.without ?? []) {
          const path = typeof member === "string" ? member.split(".") : member;
          expect(rest).not.toHaveProperty(["document", ...path]);
        }
      }
    });
  });
}
