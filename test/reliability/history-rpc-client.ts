/** Operations as RPC calls (spec 3). */
import { type CallOptions, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import type { Profile, Registry } from "../../gen/profileregistry/v1/profile_pb.js";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import type { Operation, Outcome, ProfileTexts, Seen, SeenProfile, SeenRegistry } from "./history.js";
import type { Client } from "./history-client.js";

/** gRPC on a connection of its own. */
export function grpcClient(url: string): Client {
  const sessionManager = new Http2SessionManager(url);
  const transport = createGrpcTransport({ baseUrl: url, sessionManager });
  return clientOver(transport, () => sessionManager.abort());
}

/** Connect over HTTP/1.1. */
export function connectClient(url: string): Client {
  return clientOver(createConnectTransport({ baseUrl: url, httpVersion: "1.1" }), () => {});
}

function clientOver(transport: Transport, close: () => void): Client {
  const calls = callsOver(transport);
  return {
    edge: "rpc",
    async perform(operation, signal) {
      try {
        return await calls(operation, signal ? { signal } : {});
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        const [info] = error.findDetails(ErrorInfoSchema);
        // The server's own errors all have it.
        if (info === undefined) return { is: "lost" };
        return { is: "refused", code: info.reason.toLowerCase(), text: error.rawMessage };
      }
    },
    close,
  };
}

function callsOver(transport: Transport): (operation: Operation, options: CallOptions) => Promise<Outcome> {
  const registries = createClient(ProfileRegistryService, transport);
  const resolver = createClient(ResolverService, transport);

  return async (operation, options) => {
    switch (operation.do) {
      case "create-profile": {
        const { registry, slug, texts, setDefault, expectedVersion = 0 } = operation;
        const profile = { slug, ...profileMessage(texts) };
        return ofProfile(
          await registries.createProfile({ registry, profile, setDefault, expectedVersion }, options),
        );
      }
      case "update-profile": {
        const { registry, slug, texts, setDefault, expectedVersion = 0 } = operation;
        const profile = { slug, ...profileMessage(texts) };
        return ofProfile(
          await registries.updateProfile({ registry, profile, setDefault, expectedVersion }, options),
        );
      }
      case "delete-profile": {
        const { registry, slug, expectedVersion = 0 } = operation;
        return done(await registries.deleteProfile({ registry, slug, expectedVersion }, options), undefined);
      }
      case "set-default-profile": {
        const { registry, slug, expectedVersion = 0 } = operation;
        return ofProfile(await registries.setDefaultProfile({ registry, slug, expectedVersion }, options));
      }
      case "set-read-only": {
        const { registry, slug, readOnly, expectedVersion = 0 } = operation;
        return ofProfile(
          await registries.setProfileReadOnly({ registry, slug, readOnly, expectedVersion }, options),
        );
      }
      case "create-registry": {
        const { registry: slug, name: displayName, expectedVersion = 0 } = operation;
        return ofRegistry(
          await registries.createRegistry({ registry: { slug, displayName }, expectedVersion }, options),
        );
      }
      case "update-registry": {
        const { registry: slug, name, defaultProfile, expectedVersion = 0 } = operation;
        const registry = { slug, displayName: name ?? "", defaultProfileSlug: defaultProfile ?? "" };
        return ofRegistry(await registries.updateRegistry({ registry, expectedVersion }, options));
      }
      case "delete-registry": {
        const { registry, force, expectedVersion = 0 } = operation;
        return done(
          await registries.deleteRegistry({ registry, force, expectedVersion }, options),
          undefined,
        );
      }
      case "get-profile":
        return ofProfile(
          await registries.getProfile({ registry: operation.registry, slug: operation.slug }, options),
        );
      case "list-profiles": {
        const list = await registries.listProfiles(
          { registry: operation.registry, pageSize: 1_000 },
          options,
        );
        return done(list, list.profiles.map(profileIn));
      }
      case "get-registry":
        return ofRegistry(await registries.getRegistry({ registry: operation.registry }, options));
      case "list-registries": {
        const list = await registries.listRegistries({ pageSize: 1_000 }, options);
        return done(list, list.registries.map(registryIn));
      }
      case "resolve": {
        const { registry, slug: profile = "" } = operation;
        const found = await resolver.resolveProfile({ registry, profile }, options);
        return done(found, {
          registry: found.registry,
          slug: found.profile,
          version: found.profileVersion,
          prompt: found.runtime?.systemPrompt ?? "",
        });
      }
    }
  };
}

/** Without a mask, members that are not set keep what is stored. */
function profileMessage({ name, note, prompt }: Partial<ProfileTexts>) {
  return {
    displayName: name ?? "",
    description: note ?? "",
    ...(prompt === undefined ? {} : { runtime: { systemPrompt: prompt } }),
  };
}

function done({ revision }: { revision: bigint }, seen: Seen): Outcome {
  return { is: "done", revision: Number(revision), seen };
}

function ofProfile(answer: { profile?: Profile | undefined; revision: bigint }): Outcome {
  return done(answer, profileIn(answer.profile!));
}

function ofRegistry(answer: { registry?: Registry | undefined; revision: bigint }): Outcome {
  return done(answer, registryIn(answer.registry!));
}

function profileIn(profile: Profile): SeenProfile {
  return {
    registry: profile.registry,
    slug: profile.slug,
    version: profile.metadata?.version ?? 0,
    name: profile.displayName,
    note: profile.description,
    prompt: profile.runtime?.systemPrompt ?? "",
    readOnly: profile.policy?.readOnly ?? false,
    isDefault: profile.isDefault,
    registryVersion: profile.registryVersion,
  };
}

function registryIn({
  slug,
  metadata,
  displayName: name,
  defaultProfileSlug: defaultProfile,
}: Registry): SeenRegistry {
  return { slug, version: metadata?.version ?? 0, name, defaultProfile };
}
