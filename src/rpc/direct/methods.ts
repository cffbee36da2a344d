/**
 * The resolver's methods on the lean path: from the bytes of a request to those of its answer, decoding and encoding only what
 * the service does not have yet. What interceptors do for other calls is done here; whatever else fails is left to the stock path.
 */
import type { DescMethod } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import {
  type ResolveProfileRequest,
  ResolverService,
} from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { DomainError } from "../../domain/errors.js";
import type { ShownSecrets } from "../../domain/secrets.js";
import type { FoundAnswer } from "../../service/encoded-answers.js";
import { beginReport, type DocumentNames, NO_NAMES, namesOf } from "../call-report.js";
import { beforeDeadline } from "../lean/deadline.js";
import { lazyHeaders } from "../lean/headers.js";
import type { DirectCall, DirectMethod } from "../lean/methods.js";
import { callRules, type RpcOptions } from "../options.js";
import type { Resolved } from "../resolved.js";
import { directBatch } from "./batch.js";
import { joinParts } from "./encoded-resolution.js";
import { directQuestion } from "./question.js";

/** A call under way, and what can be told of it when it is done. */
interface Work {
  answering: Promise<string | undefined>;
  names(): DocumentNames;
  resolved(): Resolved | undefined;
}

/** By path. */
export function directMethods(options: RpcOptions): ReadonlyMap<string, DirectMethod> {
  const { resolver } = options.services;
  const { resolveProfile, batchResolveProfiles } = ResolverService.method;
  return new Map([
    direct(options, resolveProfile, ({ bytes, binary, decode }, shown) => {
      const question = directQuestion(bytes, binary, shown, () => decode() as ResolveProfileRequest);
      let found: FoundAnswer | undefined;
      const answer = async (): Promise<string> => {
        found = await resolver.answer(question);
        return joinParts(found, binary);
      };
      return {
        answering: answer(),
        names: () => (question.message === undefined ? NO_NAMES : namesOf(question.message)),
        resolved: () => found && resolvedOf(found),
      };
    }),
    direct(options, batchResolveProfiles, ({ bytes, binary }, shown) => ({
      answering: directBatch(resolver, bytes, binary, shown),
      names: () => NO_NAMES,
      resolved: () => undefined,
    })),
  ]);
}

function direct(
  options: RpcOptions,
  method: DescMethod,
  begin: (call: DirectCall, shown: ShownSecrets) => Work,
): [path: string, DirectMethod] {
  const { report, serveSecrets = false } = options;
  const { seesSecrets } = callRules(options);
  const answer: DirectMethod = async (call) => {
    const { headers } = call;
    const told = beginReport(report, method, () => headers["x-request-id"] as string | undefined);
    const isShownAll = serveSecrets && seesSecrets({ requestHeader: lazyHeaders(headers) });
    const { answering, names, resolved } = begin(call, isShownAll ? "all" : "own");
    try {
      const { deadlineMs } = call;
      const answer = await (deadlineMs === undefined ? answering : beforeDeadline(answering, deadlineMs));
      if (answer !== undefined) told.ok(NO_NAMES, resolved());
      return answer;
    } catch (error) {
      if (!(error instanceof DomainError) && !(error instanceof ConnectError)) throw error;
      throw told.failed(names(), error);
    }
  };
  return [`/${method.parent.typeName}/${method.name}`, answer];
}

function resolvedOf({ answer: { registry, profile, fingerprint }, processing }: FoundAnswer): Resolved {
  return {
    registry,
    profile,
    mode: processing.applied_mode,
    outcome: processing.outcome,
    fingerprint,
  };
}
