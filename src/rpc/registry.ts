/** ProfileRegistryService: decode, call a service, encode. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { ProfileSchema, RegistrySchema } from "../../gen/profileregistry/v1/profile_pb.js";
import {
  ExtensionSchemaSchema,
  MiddlewareSchemaSchema,
  type ProfileRegistryService,
  ProfileVersionSchema,
} from "../../gen/profileregistry/v1/registry_service_pb.js";
import type { ExtensionSchema, MiddlewareDefinition } from "../domain/catalog.js";
import type { ProfileAnswer } from "../service/profiles.js";
import { structFromJson } from "./json-value.js";
import { versionMessage } from "./log-mapping.js";
import { profileInput, profileMessage, registryInput, registryMessage } from "./mapping.js";
import { type CallRules, callRules, type RpcOptions } from "./options.js";
import { createPage, pageOf, pageSize, pageStart, revisionStart, tokenAfter } from "./paging.js";

/** Profiles read at once: a page is often full long before it holds as many as were asked for. */
const READ_AT_ONCE = 100;

export function createRegistryHandlers(options: RpcOptions): ServiceImpl<typeof ProfileRegistryService> {
  const { profiles, registries, history, catalog, revision } = options.services;
  const rules = callRules(options);

  return {
    async listRegistries(request) {
      const list = await registries.listRegistries();
      const messages = { schema: RegistrySchema, encode: registryMessage };
      const { items, nextPageToken } = pageOf(list.registries, ({ slug }) => slug, messages, request);
      return { registries: items, nextPageToken, revision: BigInt(list.revision) };
    },
    async getRegistry({ registry }) {
      return registryAnswer(await registries.getRegistry(registry));
    },
    async createRegistry(message, context) {
      const { registry, expectedVersion } = message;
      const request = {
        slug: registry?.slug ?? "",
        input: registryInput(registry, undefined),
        expectedVersion,
      };
      return registryAnswer(await registries.createRegistry(request, rules.caller(message, context)));
    },
    async updateRegistry(message, context) {
      const { registry, updateMask, expectedVersion } = message;
      const request = {
        registry: registry?.slug,
        input: registryInput(registry, updateMask),
        expectedVersion,
      };
      return registryAnswer(await registries.updateRegistry(request, rules.caller(message, context)));
    },
    async deleteRegistry(request, context) {
      return writeAnswer(await registries.deleteRegistry(request, rules.caller(request, context)));
    },

    async listProfiles(request, context) {
      const size = pageSize(request);
      const { registry, tag } = request;
      const after = pageStart(request);
      const list = await profiles.listProfiles({
        registry,
        after,
        tag: tag === "" ? undefined : tag,
        pageSize: Math.min(size, READ_AT_ONCE),
      });
      const page = createPage(ProfileSchema, size);
      const answer = (nextPageToken: string) => ({
        profiles: page.items,
        nextPageToken,
        revision: BigInt(list.revision),
      });
      const toBeContinued = () => answer(tokenAfter(page.items.at(-1)?.slug ?? ""));
      for await (const { profiles: found, more } of list.pages) {
        for (const profile of found) {
          if (!page.add(profileMessage({ ...list, profile }, rules.redaction(context))))
            return toBeContinued();
        }
        if (more && page.items.length === size) return toBeContinued();
      }
      return answer("");
    },
    async getProfile({ version, ...name }, context) {
      const found = version === 0 ? profiles.getProfile(name) : history.getVersion({ ...name, version });
      return profileAnswer(await found, rules.redaction(context));
    },
    async createProfile(message, context) {
      const { registry, profile, setDefault, expectedVersion } = message;
      const input = profileInput(profile, undefined);
      const request = { registry, slug: profile?.slug ?? "", input, setDefault, expectedVersion };
      return profileAnswer(
        await profiles.createProfile(request, rules.caller(message, context)),
        rules.redaction(context),
      );
    },
    async updateProfile(message, context) {
      const { registry, profile, updateMask, setDefault, expectedVersion } = message;
      const input = profileInput(profile, updateMask);
      const request = { registry, slug: profile?.slug ?? "", input, setDefault, expectedVersion };
      return profileAnswer(
        await profiles.updateProfile(request, rules.caller(message, context)),
        rules.redaction(context),
      );
    },
    async deleteProfile(request, context) {
      return writeAnswer(await profiles.deleteProfile(request, rules.caller(request, context)));
    },
    async setDefaultProfile(request, context) {
      return profileAnswer(
        await profiles.setDefaultProfile(request, rules.caller(request, context)),
        rules.redaction(context),
      );
    },
    async setProfileReadOnly(request, context) {
      return profileAnswer(
        await profiles.setProfileReadOnly(request, rules.caller(request, context)),
        rules.redaction(context),
      );
    },

    async listProfileVersions(request) {
      const size = pageSize(request);
      const { registry, slug } = request;
      const before = revisionStart(request);
      const { versions, more, revision } = await history.listVersions({
        registry,
        slug,
        before,
        limit: size,
      });
      const page = createPage(ProfileVersionSchema, size);
      const full = versions.some((version) => !page.add(versionMessage(version)));
      const last = page.items.at(-1);
      return {
        versions: page.items,
        nextPageToken: (more || full) && last !== undefined ? tokenAfter(String(last.revision)) : "",
        revision: BigInt(revision),
      };
    },
    async rollbackProfile(request, context) {
      return profileAnswer(
        await history.rollbackProfile(request, rules.caller(request, context)),
        rules.redaction(context),
      );
    },

    async listMiddlewareSchemas(request) {
      const { items, nextPageToken } = pageOf(catalog.middlewares, ({ name }) => name, MIDDLEWARES, request);
      return { middlewareSchemas: items, nextPageToken, revision: BigInt(await revision()) };
    },
    async listExtensionSchemas(request) {
      const { items, nextPageToken } = pageOf(catalog.extensions, ({ key }) => key, EXTENSIONS, request);
      return { extensionSchemas: items, nextPageToken, revision: BigInt(await revision()) };
    },
  };
}

const MIDDLEWARES = {
  schema: MiddlewareSchemaSchema,
  encode: ({ name, version, display_name, description, schema }: MiddlewareDefinition) =>
    create(MiddlewareSchemaSchema, {
      name,
      version,
      displayName: display_name,
      description,
      schema: structFromJson(schema),
    }),
};
const EXTENSIONS = {
  schema: ExtensionSchemaSchema,
  encode: ({ key, schema }: ExtensionSchema) =>
    create(ExtensionSchemaSchema, { key, schema: structFromJson(schema) }),
};

function profileAnswer(answer: ProfileAnswer, redaction: ReturnType<CallRules["redaction"]>) {
  return { profile: profileMessage(answer, redaction), revision: BigInt(answer.revision) };
}

function registryAnswer({
  registry,
  revision,
}: {
  registry: Parameters<typeof registryMessage>[0];
  revision: number;
}) {
  return { registry: registryMessage(registry), revision: BigInt(revision) };
}

function writeAnswer({ revision }: { revision: number }) {
  return { revision: BigInt(revision) };
}
