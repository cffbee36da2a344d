import { expect, test } from "vitest";
import { sharedService } from "./service.js";

const ALLOWED = "http://chat.example.org";
const service = sharedService(() => ({ "cors-origin": [ALLOWED] }));
const closed = sharedService();

const PATHS = [
  "/api/chat/profiles",
  "/api/chat/profiles/agent",
  "/api/chat/profiles/",
  "/profileregistry.v1.ResolverService/ResolveProfile",
];

function ask(url: string, origin: string): Promise<Response> {
  return fetch(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
}

function listOf(answer: Response, name: string): string[] {
  return (answer.headers.get(name) ?? "").toLowerCase().split(", ");
}

test.each(PATHS)("a preflight of %s from an allowed origin is answered 204 without a body", async (path) => {
  const answer = await ask(service.url() + path, ALLOWED);
  expect(answer.status).toBe(204);
  expect(await answer.text()).toBe("");
});

test.each(PATHS)("a preflight of %s allows the origin, with credentials, for two hours", async (path) => {
  const { headers } = await ask(service.url() + path, ALLOWED);
  expect(headers.get("access-control-allow-origin")).toBe(ALLOWED);
  expect(headers.get("access-control-allow-credentials")).toBe("true");
  expect(headers.get("access-control-max-age")).toBe("7200");
  expect(headers.get("vary")).toBe("Origin");
});

test.each(PATHS)("a preflight of %s allows the methods of REST and Connect", async (path) => {
  const methods = listOf(await ask(service.url() + path, ALLOWED), "access-control-allow-methods");
  expect(methods.sort()).toEqual(["delete", "get", "patch", "post"]);
});

test.each(PATHS)("a preflight of %s allows the headers of REST, Connect and gRPC-Web", async (path) => {
  const headers = listOf(await ask(service.url() + path, ALLOWED), "access-control-allow-headers");
  const rest = ["authorization", "content-type", "if-match", "if-none-match", "x-request-id"];
  const connect = ["connect-protocol-version", "connect-timeout-ms", "content-encoding"];
  const grpcWeb = ["x-grpc-web", "x-user-agent", "grpc-timeout"];
  expect(headers).toEqual(expect.arrayContaining([...rest, ...connect, ...grpcWeb]));
});

test("an answer exposes the headers of REST and of gRPC-Web's errors", async () => {
  const answer = await fetch(`${service.url()}/api/chat/profiles`, { headers: { origin: ALLOWED } });
  const rest = ["etag", "link", "location", "profile-registry-revision"];
  const grpcWeb = ["grpc-status", "grpc-message", "grpc-status-details-bin"];
  expect(listOf(answer, "access-control-expose-headers")).toEqual(
    expect.arrayContaining([...rest, ...grpcWeb]),
  );
});

test.each([
  "http://chat.example.org.evil.example",
  "http://evil.example",
  "https://chat.example.org",
  "http://chat.example.org:81",
  "http://CHAT.example.org",
  "null",
  "*",
])("a preflight from %s allows no origin", async (origin) => {
  for (const path of PATHS) {
    const { headers } = await ask(service.url() + path, origin);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test.each(PATHS)("without --cors-origin a preflight of %s allows nothing", async (path) => {
  const { headers } = await ask(closed.url() + path, ALLOWED);
  expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
});
