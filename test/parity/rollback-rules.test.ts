/** A rollback meets the rules of today, not those under which the version was written (spec 1.5, 2.3). */
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { startServer } from "../support/server.js";
import { invalid } from "./both-edges.js";
import { create, get, getVersion, listVersions, rollback, update } from "./operations.js";
import { restEdge } from "./rest-edge.js";
import { rpcEdge } from "./rpc-edge.js";
import { mail, overrides } from "./secret-profiles.js";

test.each([
  ["REST", restEdge],
  ["RPC", rpcEdge],
])(
  "over %s a version with a middleware that the catalogue has lost can be read, and not rolled back to",
  async (_name, edgeOf) => {
    const flags = { "profile-registry-db": join(temporaryDirectory(), "profiles.db") };
    const before = await startServer(flags, overrides);
    for (const operation of [create("a", mail({ host: "h" })), update("a", { runtime: {} })]) {
      expect(await edgeOf(before.url).perform(operation)).not.toHaveProperty("error");
    }
    await before.stop();

    const server = await startServer(flags);
    const edge = edgeOf(server.url);
    const { error: code, ...refused } = invalid(["runtime.middlewares[0].name", 'unknown middleware "mail"']);
    for (const more of [{}, { validate_only: true }, { expected_version: 9 }]) {
      expect(await edge.perform(rollback("a", 1, more))).toEqual({ error: { code, ...refused } });
    }
    expect(await edge.perform(get("a"))).toMatchObject({ document: { metadata: { version: 2 } } });
    expect(await edge.perform(getVersion("a", 1))).toMatchObject({
      document: { runtime: { middlewares: [{ name: "mail" }] } },
    });
    expect(await edge.perform(listVersions("a"))).toMatchObject({
      document: [{ version: 2 }, { version: 1 }],
    });
    await server.stop();
  },
);
