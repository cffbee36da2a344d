/**
 * Clients of the services, over one transport: gRPC to a running server, or the same handlers in this process over a store.
 * So both give the same answers and errors (spec 6.4).
 */
import {
  type Client,
  ConnectError,
  createClient,
  createRouterTransport,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import type { Command } from "commander";
import { DocumentService } from "../../gen/profileregistry/v1/document_service_pb.js";
import { LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { RolloutService } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { type Environment, type Flags, readConfig } from "../config.js";
import { createRoutes } from "../rpc/routes.js";
import { failureText } from "./failure.js";
import { addSettings, readFlags } from "./options.js";
import { chooseServer, openStoreCore, unreachable } from "./target.js";
import { userName } from "./user-name.js";

export interface Clients {
  registry: Client<typeof ProfileRegistryService>;
  resolver: Client<typeof ResolverService>;
  log: Client<typeof LogService>;
  documents: Client<typeof DocumentService>;
  rollouts: Client<typeof RolloutService>;
  /** Undefined where they work on a store. */
  server: URL | undefined;
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Whether a store shows its secrets. Default what the configuration says. */
  serveSecrets?: boolean;
}

/** A connection whose other end is gone without a word is noticed within this time and the library's 15 s for an answer. */
const PING_INTERVAL_MS = 15_000;

/** Adds `--server` and the flags of stores. */
export function addTarget(command: Command): Command {
  command
    .optionsGroup("Where to look:")
    .option("--server <URL>", "ask a running server (PROFILE_REGISTRY_SERVER)");
  return addSettings(command, ({ store }) => store === true);
}

/** Does work with the clients that the options of a command name, and closes them. */
export async function withClients<T>(
  options: Record<string, unknown>,
  env: Environment,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  const clients = await openClients(options.server as string | undefined, readFlags(options), env);
  try {
    return await work(clients);
  } finally {
    await clients.close();
  }
}

/** Throws UsageError and what a store cannot be opened for; a server is only called when it is asked. */
export async function openClients(
  server: string | undefined,
  flags: Flags,
  env: Environment,
  options: ClientOptions = {},
): Promise<Clients> {
  const url = chooseServer(server, flags, env);
  return url === undefined ? storeClients(flags, env, options) : serverClients(url);
}

function serverClients(server: URL): Clients {
  const transport = createGrpcTransport({
    baseUrl: server.href,
    pingIntervalMs: PING_INTERVAL_MS,
    interceptors: [namingServer(server)],
  });
  // A connection without a call under way keeps no process alive.
  return clientsOver(transport, server, async () => {});
}

async function storeClients(flags: Flags, env: Environment, options: ClientOptions): Promise<Clients> {
  const config = readConfig(flags, env);
  const core = await openStoreCore(config);
  const routes = createRoutes({
    services: core.services,
    source: "cli",
    actor: userName,
    serveSecrets: options.serveSecrets ?? config.serveSecrets,
    // There is no log in which an internal error could be looked up.
    report: ({ code, cause }) => {
      if (code === "internal") process.stderr.write(`cause: ${failureText(cause)}\n`);
    },
  });
  return clientsOver(createRouterTransport(routes), undefined, () => core.close());
}

function clientsOver(transport: Transport, server: URL | undefined, close: () => Promise<void>): Clients {
  return {
    registry: createClient(ProfileRegistryService, transport),
    resolver: createClient(ResolverService, transport),
    log: createClient(LogService, transport),
    documents: createClient(DocumentService, transport),
    rollouts: createClient(RolloutService, transport),
    server,
    close,
  };
}

/** What the network or a program of another kind says tells nobody which server it is about. */
function namingServer(server: URL): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      const { cause, code, rawMessage, details } = ConnectError.from(error);
      // What the service itself refuses has details, but for calls that it does not know.
      if (details.length > 0) throw error;
      const text =
        cause instanceof Error ? unreachable(server, cause) : `${server.origin} answered: ${rawMessage}`;
      throw new ConnectError(text, code, undefined, undefined, cause);
    }
  };
}
