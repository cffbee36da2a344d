import { describe, expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const CHAT = "https://chat.example.org";

describe("a page on an allowed origin", () => {
  const { rest } = sharedServer({ "cors-origin": [CHAT, "http://localhost:5173"] });
  const preflight = (method: string, headers: string, origin = CHAT) => ({
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": headers,
  });

  test("may send what REST and RPC take, with credentials", async () => {
    for (const path of ["/profiles", "/profiles/a", "/resolve", "/nope"]) {
      const { status, headers } = await rest("OPTIONS", path, {
        headers: preflight("PATCH", "content-type,if-match"),
      });
      expect(status, path).toBe(204);
      expect(headers.get("access-control-allow-origin")).toBe(CHAT);
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("access-control-allow-methods")?.split(/, ?/)).toEqual(
        expect.arrayContaining(["GET", "POST", "PATCH", "DELETE"]),
      );
      expect(headers.get("access-control-allow-headers")?.toLowerCase().split(/, ?/)).toEqual(
        expect.arrayContaining([
          "content-type",
          "if-match",
          "if-none-match",
          "connect-protocol-version",
          "x-grpc-web",
        ]),
      );
    }
  });

  test("may read the headers that REST and gRPC-Web answer with", async () => {
    const { headers } = await rest("GET", "/profiles", { headers: { origin: "http://localhost:5173" } });
    expect(headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
    const exposed = headers.get("access-control-expose-headers")?.toLowerCase().split(/, ?/);
    expect(exposed).toEqual(
      expect.arrayContaining([
        "etag",
        "link",
        "location",
        "profile-registry-revision",
        "grpc-status",
        "grpc-message",
      ]),
    );
  });

  test("may read errors too", async () => {
    const { status, headers } = await rest("GET", "/profiles/ghost", { headers: { origin: CHAT } });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([404, CHAT]);
  });

  test("gets answers that caches keep apart by origin, and by cookie where that counts", async () => {
    const vary = async (path: string) =>
      (await rest("GET", path, { headers: { origin: CHAT } })).headers.get("vary")?.split(/, ?/).sort();
    expect(await vary("/profiles")).toEqual(["Origin"]);
    expect(await vary("/resolve")).toEqual(["Cookie", "Origin"]);
    expect(await vary("/profile")).toEqual(["Cookie", "Origin"]);
  });

  test("another origin gets no permission", async () => {
    const { headers } = await rest("OPTIONS", "/profiles", {
      headers: preflight("POST", "", "https://evil.example"),
    });
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  test("an OPTIONS that is no preflight is answered as ever", async () => {
    const { status } = await rest("OPTIONS", "/profiles");
    expect(status).toBe(204);
  });
});

describe("without allowed origins", () => {
  const { rest } = sharedServer();

  test("no origin is let in by browsers", async () => {
    const headers = { origin: CHAT, "access-control-request-method": "POST" };
    for (const method of ["OPTIONS", "GET"]) {
      const answer = await rest(method, "/profiles", { headers });
      expect(answer.headers.get("access-control-allow-origin"), method).toBeNull();
    }
  });
});
