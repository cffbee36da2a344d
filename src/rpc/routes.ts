import type { DescFile, DescService } from "@bufbuild/protobuf";
import type { ConnectRouter } from "@connectrpc/connect";
import { file_google_rpc_error_details } from "../../gen/google/rpc/error_details_pb.js";
import { Health } from "../../gen/grpc/health/v1/health_pb.js";
import { DocumentService } from "../../gen/profileregistry/v1/document_service_pb.js";
import { LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { RolloutService } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { ServerService } from "../../gen/profileregistry/v1/server_service_pb.js";
import type { ServerInfo } from "../service/server-info.js";
import { createDocumentHandlers } from "./documents.js";
import { errorInterceptor, originInterceptor, reportUnreadable } from "./interceptors.js";
import { createLogHandlers } from "./log.js";
import type { RpcOptions } from "./options.js";
import { createRegistryHandlers } from "./registry.js";
import { createResolverHandlers } from "./resolver.js";
import { createRolloutHandlers } from "./rollouts.js";
import { createServerHandlers } from "./server-info.js";
import { strictRouter } from "./strict-router.js";

/** What a whole server serves besides reflection, which lists it. */
export const SERVED_SERVICES: readonly DescService[] = [
  ProfileRegistryService,
  ResolverService,
  LogService,
  DocumentService,
  RolloutService,
  ServerService,
  Health,
];

/** What travels in error details. */
export const ERROR_DETAIL_FILES: readonly DescFile[] = [file_google_rpc_error_details];

/**
 * The services of `profileregistry.v1` over given use cases, for any Connect adapter:
 * `app.register(fastifyConnectPlugin, { routes: createRoutes({ services }) })`.
 */
export function createRoutes(options: RpcOptions): (router: ConnectRouter) => void {
  const interceptors = [errorInterceptor(options.report), originInterceptor(new Set(options.allowedOrigins))];
  return (plain) => {
    const router = strictRouter(plain, reportUnreadable(options.report));
    router.service(ProfileRegistryService, createRegistryHandlers(options), { interceptors });
    router.service(ResolverService, createResolverHandlers(options), { interceptors });
    router.service(DocumentService, createDocumentHandlers(options), { interceptors });
    router.service(LogService, createLogHandlers(options), { interceptors });
    router.service(RolloutService, createRolloutHandlers(options), { interceptors });
  };
}

/** What only a whole server can tell. */
export function serverRoutes(router: ConnectRouter, info: () => Promise<ServerInfo>): void {
  router.service(ServerService, createServerHandlers(info), { interceptors: [errorInterceptor(undefined)] });
}
