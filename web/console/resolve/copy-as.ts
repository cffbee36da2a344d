/** The same request as other clients send it. */
import { type JsonObject, prettyJson, withMember } from "../json/json.js";

export const COPY_FORMS = ["curl", "grpcurl", "TypeScript"] as const;
export type CopyForm = (typeof COPY_FORMS)[number];

const RPC_METHOD = "profileregistry.v1.ResolverService/ResolveProfile";

/** `origin`: of the server, such as `http://127.0.0.1:8080`. */
export function copyAs(form: CopyForm, body: JsonObject, origin: string): string {
  if (form === "curl") {
    return `curl -s -H 'Content-Type: application/json' ${quoted(`${origin}/api/chat/resolve`)} -d ${quoted(prettyJson(body))}`;
  }
  if (form === "grpcurl") {
    const { host, protocol } = new URL(origin);
    const plain = protocol === "http:" ? "-plaintext " : "";
    return `grpcurl ${plain}-d ${quoted(prettyJson(rpcRequest(body)))} ${host} ${RPC_METHOD}`;
  }
  return `import { createProfileClient } from "profile-registry/browser";

const client = createProfileClient({ baseUrl: ${JSON.stringify(origin)} });
const turn = await client.resolve(${prettyJson(body)});
console.log(turn.profile, turn.fingerprint);
`;
}

/** For POSIX shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const DEPLOYMENTS: Record<string, string> = { local: "DEPLOYMENT_LOCAL", cloud: "DEPLOYMENT_CLOUD" };
/** Members of the message; REST ignores others, gRPC refuses them. */
const RPC_MEMBERS = [
  "registry",
  "profile",
  "runtime_key",
  "base_step_settings",
  "request_overrides",
  "ai_engine",
  "ai_api_type",
  "processing",
  "deployment",
  "conv_id",
  "targeting_key",
  "explain",
];

function rpcRequest(body: JsonObject): JsonObject {
  // REST takes the overrides under two names, the message has one.
  const { overrides, ...rest } = body;
  const renamed = overrides === undefined ? rest : withMember(rest, "request_overrides", overrides);
  const known = Object.entries(renamed).filter(([name]) => RPC_MEMBERS.includes(name));
  return Object.fromEntries(
    known.map(([name, value]) => [
      name,
      name === "deployment" ? (DEPLOYMENTS[String(value)] ?? value) : value,
    ]),
  );
}
