/** What a chat's page asks for: the current profile, what a turn would run with, the catalogue, the server itself. */
import type { ExtensionSchema, MiddlewareDefinition } from "../../src/domain/catalog.js";
import type { ServerInfo } from "../../src/service/server-info.js";
import type { Calls, ReadOptions, RegistryOptions } from "./calls.js";
import type { CurrentProfile, ResolveBody, Resolved } from "./documents.js";
import { listOf } from "./listing.js";
import type { Transport } from "./transport.js";

export interface TurnMethods {
  /** What a turn without a profile gets: by the browser's cookie, else the default. */
  getCurrentProfile(options?: RegistryOptions): Promise<CurrentProfile>;
  /** Keeps the choice in the browser's cookie. */
  chooseProfile(slug: string, options?: RegistryOptions): Promise<CurrentProfile>;
  /** Clears the cookie. */
  forgetProfile(options?: ReadOptions): Promise<void>;
  /** The body of a chat turn may be given as it is. */
  resolve(body?: ResolveBody, options?: RegistryOptions): Promise<Resolved>;
  listMiddlewareSchemas(options?: ReadOptions): Promise<MiddlewareDefinition[]>;
  listExtensionSchemas(options?: ReadOptions): Promise<ExtensionSchema[]>;
  getServerInfo(options?: ReadOptions): Promise<ServerInfo>;
}

/** A server of the first generation names the profile under `profile`, and nothing else. */
type AnyCurrentProfile = Partial<CurrentProfile> & { profile?: string | { slug: string } };

export function turnMethods(
  { registryOf, read, get, post, afterWrite }: Calls,
  { ask }: Transport,
): TurnMethods {
  const shown = ({ profile, ...current }: AnyCurrentProfile, registry = "default"): CurrentProfile => ({
    slug: typeof profile === "object" ? profile.slug : (profile ?? ""),
    registry,
    source: "cookie",
    ...current,
  });

  return {
    async getCurrentProfile({ signal, ...options } = {}) {
      const registry = registryOf(options);
      return shown(await get("/profile", { query: { registry }, signal }), registry);
    },

    async chooseProfile(slug, { signal, ...options } = {}) {
      const registry = registryOf(options);
      // It sets a cookie, however often.
      const sent = { query: { registry }, json: { slug }, repeatable: true, signal };
      const chosen = await post<AnyCurrentProfile>("/profile", sent);
      afterWrite();
      return shown(chosen, registry);
    },

    forgetProfile: async ({ signal } = {}) => {
      await ask("DELETE", "/profile", { repeatable: true, signal });
      afterWrite();
    },

    resolve: (body = {}, { signal, ...options } = {}) =>
      post("/resolve", {
        query: { registry: registryOf(options) },
        json: body,
        repeatable: true,
        signal,
      }),

    listMiddlewareSchemas: async ({ signal } = {}) => listOf(await read("/schemas/middlewares", { signal })),

    listExtensionSchemas: async ({ signal } = {}) => listOf(await read("/schemas/extensions", { signal })),

    getServerInfo: ({ signal } = {}) => get("//version", { signal }),
  };
}
