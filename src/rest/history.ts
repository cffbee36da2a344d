/** `/profiles/{slug}/versions`, `/profiles/{slug}/rollback`, `/log` (spec 2.5). */
import type { FastifyReply, FastifyRequest } from "fastify";
import { malformed } from "../domain/errors.js";
import { defined } from "../domain/parse-document.js";
import type { ProfileVersion } from "../service/history.js";
import type { LogEntry } from "../service/log.js";
import { bodyOf } from "./body.js";
import { profileDocument, profileTag, setRevision } from "./documents.js";
import { expectedVersion, markingIfMatch, notModified } from "./etag.js";
import { callerOf, type RestOptions } from "./options.js";
import { nextLink, pageLimit } from "./page.js";
import { registryOf, slugOf } from "./profiles.js";
import { queryOf } from "./query.js";
import type { Resource } from "./route.js";

export function historyResources(options: RestOptions): Resource[] {
  const { history, log, secretExempt } = options.services;
  return [
    {
      path: "/profiles/:slug/versions",
      methods: {
        async GET(request, reply) {
          const query = queryOf(request);
          const { versions, more, revision } = await history.listVersions({
            registry: query.string("registry"),
            slug: slugOf(request),
            before: query.count("before"),
            limit: pageLimit(query),
          });
          setRevision(reply, revision);
          const last = versions.at(-1);
          if (more && last !== undefined)
            void reply.header("link", nextLink(request, "before", String(last.revision)));
          return reply.send(versions.map(versionItem));
        },
      },
    },
    {
      path: "/profiles/:slug/versions/:version",
      methods: {
        async GET(request, reply) {
          const answer = await history.getVersion({
            registry: queryOf(request).string("registry"),
            slug: slugOf(request),
            version: versionOf(request),
          });
          setRevision(reply, answer.revision);
          if (notModified(request, reply, profileTag(answer))) return reply;
          return reply.send(profileDocument(answer, secretExempt));
        },
      },
    },
    {
      path: "/profiles/:slug/rollback",
      methods: {
        async POST(request, reply) {
          const body = bodyOf(request);
          const version = body.count("version") ?? 0;
          const expected = expectedVersion(request, body.count("expected_version"), "version");
          const answer = await markingIfMatch(
            expected,
            history.rollbackProfile(
              { ...registryOf(request, body), slug: slugOf(request), version, ...expected },
              callerOf(options, request),
            ),
          );
          setRevision(reply, answer.revision);
          return reply.header("etag", profileTag(answer)).send(profileDocument(answer, secretExempt));
        },
      },
    },
    {
      path: "/log",
      methods: {
        async GET(request, reply): Promise<FastifyReply> {
          const query = queryOf(request);
          const { entries, more, revision } = await log.listEntries({
            registry: query.string("registry"),
            profile: query.string("profile"),
            after: query.count("after"),
            limit: pageLimit(query),
          });
          setRevision(reply, revision);
          const last = entries.at(-1);
          if (more && last !== undefined)
            void reply.header("link", nextLink(request, "after", String(last.revision)));
          return reply.send(entries.map(logItem));
        },
      },
    },
  ];
}

function versionOf(request: FastifyRequest): number {
  const { version } = request.params as { version: string };
  if (!/^[1-9]\d{0,14}$/.test(version)) throw malformed("the version must be a positive integer");
  return Number(version);
}

function versionItem({ changedPaths, ...entry }: ProfileVersion) {
  return { version: entry.version, ...writeItem(entry), changed_paths: changedPaths };
}

function logItem(entry: LogEntry) {
  const { registry, profile, mode, version, commitRevision, details } = entry;
  const { revision, ...write } = writeItem(entry);
  return {
    revision,
    commit_revision: commitRevision,
    registry,
    ...defined({ profile, mode }),
    version,
    ...write,
    ...defined({ details }),
  };
}

function writeItem({
  revision,
  timeMs,
  actor,
  source,
  operation,
  registryVersion,
}: Omit<LogEntry, "document">) {
  return { revision, time_ms: timeMs, actor, source, operation, registry_version: registryVersion };
}
