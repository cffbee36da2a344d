/** A server's store as clients of both edges see it. */
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";

/** What became of a write or a read. */
export interface Outcome {
  status: number;
  /** The text of the problem, empty where there is none. */
  detail: string;
  retryAfter: string | null;
  json: Record<string, unknown>;
}

export interface Edges {
  /** Gives the profile that text as its prompt; the answer is the document. */
  write(slug: string, text: string): Promise<Outcome>;
  /** The same over gRPC: `ok`, or the name of the code, and the text. */
  writeRpc(slug: string, text: string): Promise<[code: string, detail: string]>;
  create(slug: string): Promise<Outcome>;
  resolve(slug: string): Promise<Outcome>;
  get(slug: string): Promise<Outcome>;
  ready(): Promise<Outcome>;
  /** Why nothing can be written, as /readyz tells it. */
  problem(): Promise<string | undefined>;
}

export function edgesOf(url: string): Edges {
  const call = async (path: string, method = "GET", body?: object): Promise<Outcome> => {
    const response = await fetch(url + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = (await response.json()) as Record<string, unknown>;
    const { detail = "" } = json as { detail?: string };
    return { status: response.status, detail, retryAfter: response.headers.get("retry-after"), json };
  };
  const registry = createClient(ProfileRegistryService, createGrpcTransport({ baseUrl: url }));
  return {
    write: (slug, text) => call(`/api/chat/profiles/${slug}`, "PATCH", { runtime: { system_prompt: text } }),
    writeRpc: (slug, text) =>
      registry
        .updateProfile({
          profile: { slug, runtime: { systemPrompt: text } },
          updateMask: { paths: ["runtime"] },
        })
        .then(
          () => ["ok", ""] as [string, string],
          (error: unknown) => {
            const { code, rawMessage } = ConnectError.from(error);
            return [Code[code] ?? "", rawMessage] as [string, string];
          },
        ),
    create: (slug) => call("/api/chat/profiles", "POST", { slug }),
    resolve: (slug) => call(`/api/chat/resolve/${slug}`),
    get: (slug) => call(`/api/chat/profiles/${slug}`),
    ready: () => call("/readyz"),
    problem: async () => ((await call("/readyz")).json.store as { problem?: string }).problem,
  };
}
