/** Calls in every form that a client may give them, common and odd, for the lean path and the stock adapter beside each other. */
import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { SERVED_SERVICES } from "../../src/rpc/routes.js";
import { hostileJsonText, hostileMessageBytes, hostileMessageJson } from "../hostile/arbitraries.js";
import type { Sent } from "../hostile/http-client.js";
import { envelope } from "../hostile/rpc-calls.js";

export const READS: readonly DescMethod[] = SERVED_SERVICES.flatMap(({ methods }) => methods).filter(
  ({ methodKind, idempotency }) =>
    methodKind === "unary" && idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
);

export const pathOf = ({ parent, name }: DescMethod): string => `/${parent.typeName}/${name}`;

interface Encoded {
  method: DescMethod;
  encoding: "json" | "proto";
  message: Buffer;
}

/** Names that there are, and what they are asked for with. */
const goodJson = fc
  .record(
    {
      profile: fc.constantFrom("analyst", "inventory", "default", "nobody"),
      slug: fc.constantFrom("analyst", "locked", "nobody"),
      registry: fc.constantFrom("default", "team", "nowhere", "NO SLUG"),
      mode: fc.constantFrom("fast", "nobody", "NO SLUG"),
      processing: fc.constantFrom({ mode: "fast" }, { mode: "nobody" }),
      baseStepSettings: fc.constantFrom({ chat: { n: 1, api_key: "mine" } }, {}, { chat: 5 }),
      requestOverrides: fc.constantFrom({ systemPrompt: "short" }, { tools: [] }, { nope: 1 }),
      requests: fc.array(
        fc.constantFrom(
          { profile: "analyst" },
          { profile: "analyst", convId: "c", processing: { mode: "fast" } },
          { profile: "analyst", requestOverrides: { nope: 1 } },
          { registry: "nowhere" },
          {},
        ),
        { maxLength: 4 },
      ),
      pageSize: fc.constantFrom(0, 1, 3, -1),
      explain: fc.boolean(),
      includeDocuments: fc.boolean(),
      nobodyKnows: fc.constant({ this: [] }),
    },
    { requiredKeys: [] },
  )
  .map((request) => JSON.stringify(request));

const messages: fc.Arbitrary<Encoded> = fc.constantFrom(...READS).chain((method) =>
  fc.oneof(
    { weight: 3, arbitrary: goodJson.map((text) => json(method, Buffer.from(text))) },
    hostileJsonText(hostileMessageJson(method.input)).map((text) => json(method, Buffer.from(text))),
    hostileMessageBytes(method.input).map((bytes) => ({
      method,
      encoding: "proto" as const,
      message: Buffer.from(bytes),
    })),
    fc
      .constantFrom("", '{"profile":"\xff"}', '{"profile":"\\ud800"}', "\xff", "[]")
      .map((text) => json(method, Buffer.from(text, "latin1"))),
  ),
);

function json(method: DescMethod, message: Buffer): Encoded {
  return { method, encoding: "json", message };
}

const HEADERS: Record<string, readonly string[]> = {
  "accept-encoding": ["gzip", "br", "gzip, br", "identity", "deflate", "", " br ,gzip"],
  "grpc-accept-encoding": ["identity,deflate,gzip", "gzip", "identity"],
  "content-encoding": ["identity", "gzip", "zstd"],
  "grpc-encoding": ["identity", "gzip", "zstd"],
  "connect-protocol-version": ["1", "2", "x"],
  "connect-timeout-ms": ["5000", "9999999999", "99999999999", "-1", "1.5", ""],
  "grpc-timeout": ["5S", "99999999H", "5", "S", "5x"],
  "x-request-id": ["mine", "no good id at all"],
  origin: ["https://elsewhere.example", "null"],
  "sec-fetch-site": ["same-origin"],
  cookie: ["a=b; c=d"],
  "content-type": ["text/plain", "application/json;charset=UTF-8", "application/json; charset=utf-8", ""],
};

const oddHeaders: fc.Arbitrary<Record<string, string>> = fc
  .uniqueArray(fc.constantFrom(...Object.keys(HEADERS)), { maxLength: 3 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...(HEADERS[name] ?? []))]))),
  );

const oddPath = fc.oneof(
  { weight: 20, arbitrary: fc.constant((path: string) => path) },
  fc.constantFrom(
    (path: string) => `${path}/`,
    (path: string) => `${path}?x=1`,
    (path: string) => `/${path}`,
    (path: string) => path.toLowerCase(),
    (path: string) => path.replace("R", "%52"),
  ),
);
const oddVerb = (usual: string) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(usual) },
    fc.constantFrom("GET", "POST", "PUT", "HEAD", "OPTIONS"),
  );

export const connectPosts: fc.Arbitrary<Sent> = fc
  .tuple(messages, oddVerb("POST"), oddPath, oddHeaders, fc.boolean())
  .map(([{ method, encoding, message }, verb, odd, headers, length]) => ({
    method: verb,
    path: odd(pathOf(method)),
    headers: {
      "content-type": `application/${encoding}`,
      ...(length ? { "content-length": String(message.length) } : {}),
      ...headers,
    },
    body: message,
  }));

export const connectGets: fc.Arbitrary<Sent> = fc
  .tuple(messages, oddVerb("GET"), oddHeaders, fc.nat(20), fc.boolean())
  .map(([{ method, encoding, message }, verb, { "content-type": _, ...headers }, odd, base64]) => ({
    method: verb,
    path: `${pathOf(method)}?${queryOf(encoding, message, odd, base64)}`,
    headers,
  }));

function queryOf(encoding: string, message: Buffer, odd: number, base64: boolean): string {
  const query = new URLSearchParams({ connect: odd === 0 ? "v9" : "v1", encoding });
  if (odd === 1) query.set("encoding", "xml");
  if (odd === 2) query.delete("encoding");
  if (odd === 3) query.set("compression", "gzip");
  if (odd === 4) query.set("compression", "identity");
  if (odd === 5) return `${query}&base64=1&message=!!!!`;
  if (odd === 6) return `${query}&message=%ff`;
  if (odd === 7) return `${query}&message={}#{}`;
  if (odd === 8) return `${query}`;
  if (odd === 9) return `${query}&message=${encodeURIComponent("{}")}&message=x`;
  if (encoding === "proto" || base64) {
    query.set("base64", "1");
    query.set("message", message.toString(odd % 2 === 0 ? "base64url" : "base64"));
  } else query.set("message", message.toString());
  return String(query);
}

export const grpcCalls: fc.Arbitrary<Sent> = fc
  .tuple(messages, oddVerb("POST"), oddPath, oddHeaders, fc.nat(20), fc.boolean())
  .map(([{ method, encoding, message }, verb, odd, headers, framing, named]) => ({
    method: verb,
    path: odd(pathOf(method)),
    headers: {
      "content-type":
        encoding === "json" ? "application/grpc+json" : `application/grpc${named ? "+proto" : ""}`,
      te: "trailers",
      ...headers,
    },
    body: framed(message, framing),
  }));

function framed(message: Buffer, odd: number): Buffer {
  if (odd === 0) return envelope(message, 1);
  if (odd === 1) return envelope(message, 255);
  if (odd === 2) return envelope(message, 0, message.length + 1);
  if (odd === 3) return envelope(message, 0, 0xffff_ffff);
  if (odd === 4) return Buffer.concat([envelope(message), envelope(message)]);
  if (odd === 5) return envelope(message).subarray(0, 4);
  if (odd === 6) return Buffer.alloc(0);
  return envelope(message);
}
