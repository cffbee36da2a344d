/** `/rollouts` and below, and `/features`: which processing modes are turned on, how they do, and back (spec 5). */
import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { MemberReader } from "../domain/parse-document.js";
import { parseOutcomes } from "../domain/parse-outcomes.js";
import { parseRollbackKind, parseRolloutInput } from "../domain/parse-rollout.js";
import type { ShownRollout } from "../domain/rollout.js";
import { chooseRegistry } from "../service/names.js";
import type { RolloutName } from "../service/rollout-state.js";
import type { RolloutAnswer } from "../service/rollouts.js";
import type { Caller } from "../service/write.js";
import { bodyOf } from "./body.js";
import { setRevision } from "./documents.js";
import { expectedVersion, markingIfMatch, notModified } from "./etag.js";
import { callerOf, type RestOptions } from "./options.js";
import { registryOf } from "./profiles.js";
import { queryOf } from "./query.js";
import type { Handler, Resource } from "./route.js";

/** What every write of a rollout is given. */
type GivenWrite = RolloutName & { expectedVersion?: number | undefined };

export function rolloutResources(options: RestOptions): Resource[] {
  const { rollouts, defaultRegistry } = options.services;

  const send = (reply: FastifyReply, { rollout, revision }: RolloutAnswer): FastifyReply => {
    setRevision(reply, revision);
    const tag = rolloutTag(rollout);
    return (tag === undefined ? reply : reply.header("etag", tag)).send(rollout);
  };

  /** The way of every write: named by the path, made from the version that the caller gave. */
  const writing =
    (write: (given: GivenWrite, body: MemberReader, caller: Caller) => Promise<RolloutAnswer>): Handler =>
    async (request, reply) => {
      const body = bodyOf(request);
      const version = expectedVersion(request, body.count("expected_version"), "version");
      const given = { ...registryOf(request, body), mode: modeOf(request), ...version };
      return send(reply, await markingIfMatch(version, write(given, body, callerOf(options, request))));
    };

  return [
    {
      path: "/rollouts",
      methods: {
        async GET(request, reply) {
          const { rollouts: list, revision } = await rollouts.listRollouts(
            queryOf(request).string("registry"),
          );
          setRevision(reply, revision);
          if (notModified(request, reply, `"${digestOf(list.map(stateOf))}"`)) return reply;
          return reply.send(list);
        },
      },
    },
    {
      path: "/rollouts/outcomes",
      methods: {
        async POST(request, reply) {
          const body = bodyOf(request);
          const registry = chooseRegistry(registryOf(request, body).registry, defaultRegistry);
          const counts = await rollouts.reportOutcomes(parseOutcomes(body, registry));
          return reply.code(202).send(counts);
        },
      },
    },
    {
      path: "/rollouts/:mode",
      methods: {
        async GET(request, reply) {
          const answer = await rollouts.getRollout(nameOf(request));
          const tag = rolloutTag(answer.rollout);
          setRevision(reply, answer.revision);
          if (tag !== undefined && notModified(request, reply, tag)) return reply;
          return send(reply, answer);
        },

        PATCH: writing((given, body, caller) =>
          rollouts.updateRollout(
            {
              ...given,
              input: parseRolloutInput(body),
              force: body.boolean("force") ?? false,
              reason: body.string("reason"),
            },
            caller,
          ),
        ),
      },
    },
    {
      path: "/rollouts/:mode/advance",
      methods: { POST: writing((given, _body, caller) => rollouts.advanceRollout(given, caller)) },
    },
    {
      path: "/rollouts/:mode/rollback",
      methods: {
        POST: writing((given, body, caller) =>
          rollouts.rollbackRollout(
            { ...given, kind: parseRollbackKind(body.string("kind")), reason: body.string("reason") },
            caller,
          ),
        ),
      },
    },
    {
      path: "/rollouts/:mode/report",
      methods: {
        async GET(request, reply) {
          const incident = queryOf(request).boolean("incident") ?? false;
          const { report, revision } = await rollouts.getReport({ ...nameOf(request), incident });
          setRevision(reply, revision);
          return reply.send(report);
        },
      },
    },
    {
      path: "/features",
      methods: {
        async GET(request, reply) {
          const { features, revision } = await rollouts.features(queryOf(request).string("registry"));
          setRevision(reply, revision);
          // Asked again every time: a mode that is turned back must disappear at once.
          void reply.header("cache-control", "private, no-cache");
          if (notModified(request, reply, `"${digestOf(features)}"`)) return reply;
          return reply.send(features);
        },
      },
    },
  ];
}

function nameOf(request: FastifyRequest): { registry: string | undefined; mode: string } {
  return { registry: queryOf(request).string("registry"), mode: modeOf(request) };
}

function modeOf(request: FastifyRequest): string {
  return (request.params as { mode: string }).mode;
}

/**
 * `"<version>.<digest>"`: what a rollout shows depends on profiles and on the environment of the process too, of which its
 * version tells nothing. None for one that is not stored, since it has no version that a write could be made from.
 */
function rolloutTag(rollout: ShownRollout): string | undefined {
  return rollout.version === 0 ? undefined : `"${rollout.version}.${digestOf(stateOf(rollout))}"`;
}

function stateOf({ mode, version, config_digest, capped }: ShownRollout) {
  return [mode, version, config_digest, capped];
}

function digestOf(shown: unknown): string {
  return createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, 16);
}
