/** ServerService: what this server is. */
import type { ServiceImpl } from "@connectrpc/connect";
import type { ServerService } from "../../gen/profileregistry/v1/server_service_pb.js";
import type { ServerInfo } from "../service/server-info.js";

export function createServerHandlers(info: () => Promise<ServerInfo>): ServiceImpl<typeof ServerService> {
  return {
    async getServerInfo() {
      const { version, commit, schema_version, capabilities, revision, catalog_digest } = await info();
      return {
        version,
        commit,
        schemaVersion: schema_version,
        capabilities: [...capabilities],
        revision: BigInt(revision),
        catalogDigest: catalog_digest,
      };
    },
  };
}
