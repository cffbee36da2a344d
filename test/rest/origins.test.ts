/** Which pages on other origins may write (spec 2.5). */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const FOREIGN = { origin: "https://evil.example" };
const CHAT = "https://chat.example.org";

describe("a write from a page", () => {
  const { rest, url } = sharedServer({ "cors-origin": [CHAT] });
  const writes = [
    ["POST", "/profiles", { slug: "written" }],
    ["PATCH", "/profiles/written", {}],
    ["POST", "/profiles/agent/default", {}],
    ["POST", "/registries", { slug: "written" }],
    ["PATCH", "/registries/written", {}],
    ["PATCH", "/registries/default", { processing_modes: { fast: { profiles: ["agent"] } } }],
    ["PATCH", "/rollouts/fast", { contract_enabled: true, runtime_enabled: true }],
    ["POST", "/rollouts/fast/advance", {}],
    ["POST", "/rollouts/fast/rollback", { kind: "hard" }],
    ["POST", "/rollouts/outcomes", { outcomes: [] }],
    ["DELETE", "/profiles/written", undefined],
    ["DELETE", "/registries/written", undefined],
    ["POST", "/profile", { slug: "agent" }],
    ["DELETE", "/profile", undefined],
  ] as const;

  test("on another origin is refused on every route", async () => {
    for (const [method, path, body] of writes) {
      const { status, json, headers } = await rest(method, path, { headers: FOREIGN, body });
      expect([status, json], `${method} ${path}`).toMatchObject([403, { code: "forbidden" }]);
      expect(headers.get("set-cookie")).toBeNull();
    }
  });

  test("on an allowed origin, on our own and from no page is let in", async () => {
    for (const headers of [{ origin: CHAT }, { origin: url() }, {}] as Record<string, string>[]) {
      for (const [method, path, body] of writes) {
        const { status } = await rest(method, path, { headers, body });
        expect(status, `${method} ${path}`).toBeLessThan(300);
      }
    }
  });

  test("on an origin that only looks like ours is refused", async () => {
    const { port } = new URL(url());
    for (const origin of [
      "null",
      `http://127.0.0.1.evil.example:${port}`,
      "http://127.0.0.1:1",
      `${CHAT}.evil.example`,
    ]) {
      const { status } = await rest("DELETE", "/profile", { headers: { origin } });
      expect(status, origin).toBe(403);
    }
  });

  test("is refused before its body is read", async () => {
    const { status } = await rest("POST", "/profiles", {
      raw: "{",
      headers: { ...FOREIGN, "content-type": "text/plain" },
    });
    expect(status).toBe(403);
  });

  test("reads are let in: the browser keeps the answer from the page", async () => {
    for (const [method, path] of [
      ["GET", "/profiles"],
      ["GET", "/profile"],
      ["GET", "/resolve"],
      ["POST", "/resolve"],
    ] as const) {
      const { status, headers } = await rest(method, path, { headers: FOREIGN });
      expect(status, `${method} ${path}`).toBe(200);
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("on the host that the request names, in any case, is our own", async () => {
    const sent = request(`${url()}/api/chat/profile`, {
      method: "DELETE",
      headers: { host: "Profiles.Example", origin: "https://profiles.example" },
    }).end();
    const status = await new Promise((resolve) => {
      sent.on("response", (answer) => {
        void text(answer);
        resolve(answer.statusCode);
      });
    });
    expect(status).toBe(204);
  });
});
