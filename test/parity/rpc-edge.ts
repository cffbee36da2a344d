/** Operations as RPC calls (spec 3), over Connect. */
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type CallOptions, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { expect } from "vitest";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { LogEntrySchema, LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { ProfileSchema, RegistrySchema } from "../../gen/profileregistry/v1/profile_pb.js";
import {
  ExtensionSchemaSchema,
  MiddlewareSchemaSchema,
  ProfileRegistryService,
  ProfileVersionSchema,
} from "../../gen/profileregistry/v1/registry_service_pb.js";
import {
  ResolveProfileRequestSchema,
  ResolverService,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import {
  OutcomeSchema,
  RollbackKind,
  RolloutSchema,
  RolloutService,
} from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { ErrorCode, JsonObject } from "../../src/index.js";
import type { Edge, Operation, Outcome } from "./operations.js";
import {
  entryDocument,
  listItemOf,
  plain,
  profileDocument,
  registryDocument,
  resolutionDocument,
} from "./rpc-documents.js";
import { featuresDocument, outcomeMessage, reportDocument, rolloutDocument } from "./rpc-rollouts.js";

/** The RPC column of the table in spec 2.4. */
const CODE: { [code in ErrorCode]?: Code } = {
  validation: Code.InvalidArgument,
  malformed: Code.InvalidArgument,
  policy: Code.PermissionDenied,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  idempotency_mismatch: Code.InvalidArgument,
  version_conflict: Code.Aborted,
  failed_precondition: Code.FailedPrecondition,
  unavailable: Code.Unavailable,
  data_loss: Code.DataLoss,
  internal: Code.Internal,
};

/** Members that ProtoJSON does not know, such as those that only the server sets, are ignored, as REST does. */
const LENIENT = { ignoreUnknownFields: true };

export function rpcEdge(baseUrl: string): Edge {
  const transport = createConnectTransport({ baseUrl, httpVersion: "1.1" });
  return {
    async perform(operation) {
      try {
        return await call(transport, operation);
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        return refusal(error);
      }
    },
  };
}

async function call(transport: Transport, operation: Operation, options?: CallOptions): Promise<Outcome> {
  const client = createClient(ProfileRegistryService, transport);
  const rollouts = createClient(RolloutService, transport);
  const {
    registry = "",
    expected_version: expectedVersion = 0,
    validate_only: validateOnly = false,
    key: requestId = "",
  } = operation as Partial<{
    registry: string;
    expected_version: number;
    validate_only: boolean;
    key: string;
  }>;
  const write = { expectedVersion, validateOnly, requestId };
  const answer = (document: unknown, { revision }: { revision: bigint }): Outcome => ({
    document,
    revision: Number(revision),
  });
  switch (operation.do) {
    case "list-registries": {
      const list = await client.listRegistries({ pageSize: 1_000 }, options);
      return answer(list.registries.map(registryDocument), list);
    }
    case "get-registry": {
      const found = await client.getRegistry({ registry });
      return answer(registryDocument(found.registry), found);
    }
    case "create-registry": {
      const document = fromJson(RegistrySchema, operation.document, LENIENT);
      const created = await client.createRegistry({ registry: document, ...write });
      return answer(registryDocument(created.registry), created);
    }
    case "update-registry": {
      const document = fromJson(RegistrySchema, { ...operation.patch, slug: registry }, LENIENT);
      const updateMask = { paths: pathsOf(operation.patch) };
      const updated = await client.updateRegistry({ registry: document, updateMask, ...write });
      return answer(registryDocument(updated.registry), updated);
    }
    case "delete-registry":
      return answer({}, await client.deleteRegistry({ registry, force: operation.force ?? false, ...write }));
    case "list-profiles": {
      const list = await client.listProfiles({ registry, tag: operation.tag ?? "", pageSize: 1_000 });
      return answer(list.profiles.map(listItemOf), list);
    }
    case "get-profile": {
      const found = await client.getProfile({ registry, slug: operation.slug });
      return answer(profileDocument(found.profile), found);
    }
    case "create-profile": {
      const profile = fromJson(ProfileSchema, operation.document, LENIENT);
      const setDefault = operation.set_default ?? false;
      const created = await client.createProfile({ registry, profile, setDefault, ...write });
      return answer(profileDocument(created.profile), created);
    }
    case "update-profile": {
      const updated = await client.updateProfile({
        registry,
        profile: fromJson(ProfileSchema, { ...operation.patch, slug: operation.slug }, LENIENT),
        updateMask: { paths: pathsOf(operation.patch) },
        setDefault: operation.set_default ?? false,
        ...write,
      });
      return answer(profileDocument(updated.profile), updated);
    }
    case "delete-profile":
      return answer({}, await client.deleteProfile({ registry, slug: operation.slug, ...write }));
    case "set-default-profile": {
      const set = await client.setDefaultProfile({ registry, slug: operation.slug, ...write });
      return answer(profileDocument(set.profile), set);
    }
    case "list-versions": {
      const list = await client.listProfileVersions({ registry, slug: operation.slug });
      return answer(
        list.versions.map((version) => ({
          changed_paths: [],
          ...entryDocument(ProfileVersionSchema, version),
        })),
        list,
      );
    }
    case "get-version": {
      const { slug, version } = operation;
      const found = await client.getProfile({ registry, slug, version });
      return answer(profileDocument(found.profile), found);
    }
    case "rollback": {
      const { slug, version } = operation;
      const back = await client.rollbackProfile({ registry, slug, version, ...write });
      return answer(profileDocument(back.profile), back);
    }
    case "list-log": {
      const { profile = "", after = 0, limit = 0 } = operation;
      const list = await createClient(LogService, transport).listLogEntries({
        registry,
        profile,
        afterRevision: BigInt(after),
        pageSize: limit,
      });
      return answer(
        list.entries.map((entry) => entryDocument(LogEntrySchema, entry)),
        list,
      );
    }
    case "resolve": {
      const { deployment, ...members } = operation.request;
      const path =
        deployment === undefined ? {} : { deployment: `DEPLOYMENT_${String(deployment).toUpperCase()}` };
      const request = fromJson(ResolveProfileRequestSchema, { ...members, ...path, registry }, LENIENT);
      const resolved = await createClient(ResolverService, transport).resolveProfile(request);
      return answer(resolutionDocument(resolved), resolved);
    }
    case "list-rollouts": {
      const list = await rollouts.listRollouts({ registry });
      return answer(list.rollouts.map(rolloutDocument), list);
    }
    case "get-rollout": {
      const found = await rollouts.getRollout({ registry, mode: operation.mode });
      return answer(rolloutDocument(found.rollout), found);
    }
    case "update-rollout": {
      const { patch, mode, force = false, reason = "" } = operation;
      const rollout = fromJson(RolloutSchema, { ...patch, registry, mode }, LENIENT);
      const updateMask = { paths: Object.keys(patch) };
      const updated = await rollouts.updateRollout({ rollout, updateMask, force, reason, ...write });
      return answer(rolloutDocument(updated.rollout), updated);
    }
    case "advance-rollout": {
      const advanced = await rollouts.advanceRollout({ registry, mode: operation.mode, ...write });
      return answer(rolloutDocument(advanced.rollout), advanced);
    }
    case "rollback-rollout": {
      const { mode, kind, reason = "" } = operation;
      const kinds: Record<string, RollbackKind> = { soft: RollbackKind.SOFT, hard: RollbackKind.HARD };
      const request = { registry, mode, kind: kinds[kind] ?? RollbackKind.UNSPECIFIED, reason, ...write };
      const back = await rollouts.rollbackRollout(request);
      return answer(rolloutDocument(back.rollout), back);
    }
    case "get-report": {
      const { mode, incident: includeIncident = false } = operation;
      const found = await rollouts.getRolloutReport({ registry, mode, includeIncident });
      return answer(reportDocument(found.report, found.revision), found);
    }
    // Outcomes are no state, and their answer has no revision.
    case "report-outcomes": {
      const outcomes = operation.outcomes.map((outcome) =>
        fromJson(OutcomeSchema, outcomeMessage({ registry, ...outcome }), LENIENT),
      );
      const { accepted, dropped } = await rollouts.reportOutcomes({ outcomes });
      return { document: { accepted, dropped }, revision: undefined };
    }
    case "get-features": {
      const features = await rollouts.getFeatures({ registry });
      return answer(featuresDocument(features), features);
    }
    // REST serves the catalogue, which is no state, without a revision.
    case "list-middleware-schemas": {
      const { middlewareSchemas } = await client.listMiddlewareSchemas({});
      return {
        document: middlewareSchemas.map((one) => toJson(MiddlewareSchemaSchema, one, plain)),
        revision: undefined,
      };
    }
    case "list-extension-schemas": {
      const { extensionSchemas } = await client.listExtensionSchemas({});
      return {
        document: extensionSchemas.map((one) => toJson(ExtensionSchemaSchema, one, plain)),
        revision: undefined,
      };
    }
  }
}

/** What is in a patch is what an update_mask names; of metadata only the tags. */
function pathsOf(patch: JsonObject): string[] {
  return Object.entries(patch).flatMap(([name, value]) => {
    if (name === "metadata")
      return (value as { tags?: JsonValue }).tags === undefined ? [] : ["metadata.tags"];
    return [name];
  });
}

function refusal(error: ConnectError): Outcome {
  const [info] = error.findDetails(ErrorInfoSchema);
  const code = info?.reason.toLowerCase() as ErrorCode;
  expect(info?.domain).toBe("profile-registry");
  expect(Code[error.code], code).toBe(Code[CODE[code] ?? Code.Unknown]);
  const violations = error
    .findDetails(BadRequestSchema)
    .flatMap(({ fieldViolations }) => fieldViolations)
    .map(({ field, description }) => ({ field, reason: description }));
  return { error: { code, message: error.rawMessage, violations } };
}
