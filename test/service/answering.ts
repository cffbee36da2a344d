/** What the tests of encoded answers share: services over a store, and questions in every form in which edges ask them. */
import {
  create,
  fromBinary,
  fromJsonString,
  type MessageInitShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import {
  ResolveProfileRequestSchema,
  ResolveProfileResponseSchema,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import type { ProfileInput, RegistryInput } from "../../src/domain/document.js";
import type { JsonObject } from "../../src/domain/json.js";
import { DEFAULT_LIMITS } from "../../src/domain/limits.js";
import type { Resolution, ResolveRequest, ResolveSettings } from "../../src/domain/resolve.js";
import type { ShownSecrets } from "../../src/domain/secrets.js";
import { secretExemptions } from "../../src/domain/secrets.js";
import { createCatalog, createServices, openSqliteStore, type Services } from "../../src/index.js";
import { resolutionParts, resolutionText } from "../../src/rest/resolution-text.js";
import { joinParts } from "../../src/rpc/direct/encoded-resolution.js";
import { directQuestion } from "../../src/rpc/direct/question.js";
import { resolutionMessage } from "../../src/rpc/mapping.js";
import { resolveRequest } from "../../src/rpc/resolve-request.js";
import type { EncodedQuestion, FoundAnswer } from "../../src/service/encoded-answers.js";
import type { ResolveObserver } from "../../src/service/resolver.js";
import type { Store } from "../../src/store/store.js";

export const CALLER = { actor: "tester", source: "rpc" } as const;
export const FLAGS_ON = { contract_enabled: true, runtime_enabled: true };
const catalog = createCatalog();
export const SETTINGS: ResolveSettings = {
  defaultRegistry: "default",
  catalog,
  limits: DEFAULT_LIMITS,
  secretExempt: secretExemptions([]),
  operator: {},
};

/** A question as an edge asks it, and what is sent for its answer. */
export interface Asking {
  request: ResolveRequest;
  shown: ShownSecrets;
  question: EncodedQuestion;
  join(found: FoundAnswer): string;
  /** What is sent without any of it: by the library, of the whole. */
  whole(resolution: Resolution): string;
}

/** As `GET /resolve` asks. */
export function restAsking(request: ResolveRequest): Asking {
  const { conv_id, targeting_key: _, ...rest } = request;
  return {
    request,
    shown: "none",
    question: {
      key: `rest ${JSON.stringify(rest)}`,
      shown: "none",
      read: () => ({ request, encode: resolutionParts }),
    },
    join: (found) => resolutionText(found, conv_id),
    whole: (resolution) => JSON.stringify({ ...(conv_id === undefined ? {} : { conv_id }), ...resolution }),
  };
}

/** As ResolveProfile asks, in JSON or proto, for somebody who is shown these secrets. */
export function rpcAsking(
  init: MessageInitShape<typeof ResolveProfileRequestSchema>,
  binary: boolean,
  shown: ShownSecrets,
): Asking {
  const message = create(ResolveProfileRequestSchema, init);
  const bytes = binary
    ? toBinary(ResolveProfileRequestSchema, message)
    : Buffer.from(toJsonString(ResolveProfileRequestSchema, message));
  const decode = () =>
    binary
      ? fromBinary(ResolveProfileRequestSchema, bytes)
      : fromJsonString(ResolveProfileRequestSchema, bytes.toString());
  return {
    request: resolveRequest(decode()),
    shown,
    question: directQuestion(bytes, binary, shown, decode),
    join: (found) => joinParts(found, binary),
    whole(resolution) {
      const answer = resolutionMessage(resolution, message.knownFingerprint === resolution.fingerprint);
      const encoded = binary
        ? toBinary(ResolveProfileResponseSchema, answer)
        : Buffer.from(toJsonString(ResolveProfileResponseSchema, answer));
      return Buffer.from(encoded).toString("latin1");
    },
  };
}

export interface Answering extends AsyncDisposable {
  services: Services;
  store: Store;
  /** The answer of a GET, and whether the request had to be read for it. */
  get(request: Partial<ResolveRequest>): Promise<{ json: Resolution; read: boolean }>;
  createProfile(slug: string, input?: ProfileInput, registry?: string): Promise<unknown>;
  updateProfile(slug: string, input?: ProfileInput, registry?: string): Promise<unknown>;
  updateRegistry(input: RegistryInput, registry?: string): Promise<unknown>;
}

/** The registry `default` with the profiles `default` and `other`, at a time that stands still. */
export async function answering(observer?: ResolveObserver): Promise<Answering> {
  const store = await openSqliteStore();
  const clock = () => 1_700_000_000_000;
  const services = createServices({ store, catalog, clock, ...(observer && { observer }) });
  const { registries, profiles, resolver } = services;
  const target: Answering = {
    services,
    store,
    async get(given) {
      let read = false;
      const { question, join } = restAsking({ selection: {}, ...given });
      const found = await resolver.answer({
        ...question,
        read() {
          read = true;
          return question.read();
        },
      });
      return { json: JSON.parse(join(found)) as Resolution, read };
    },
    createProfile: (slug, input = {}, registry) =>
      profiles.createProfile({ registry, slug, input, setDefault: false }, CALLER),
    updateProfile: (slug, input = {}, registry) =>
      profiles.updateProfile({ registry, slug, input, setDefault: false }, CALLER),
    updateRegistry: (input, registry) => registries.updateRegistry({ registry, input }, CALLER),
    [Symbol.asyncDispose]: () => store.close(),
  };
  await registries.createRegistry({ slug: "default", input: {} }, CALLER);
  await target.createProfile("default", { runtime: { system_prompt: "Default" } });
  await target.createProfile("other", { runtime: { system_prompt: "Other" } });
  return target;
}

export const MODES: JsonObject = { fast: { profiles: ["fast-v1", "other"] }, slow: { profiles: ["other"] } };
