/** `/profiles` and below (spec 2.5). */
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Profile, Registry } from "../domain/document.js";
import { malformed, quoteCut } from "../domain/errors.js";
import { isBlank, parseSlug } from "../domain/identifiers.js";
import { type MemberReader, parseProfileInput } from "../domain/parse-document.js";
import type { ProfileAnswer, ProfilesPage } from "../service/profiles.js";
import { bodyOf } from "./body.js";
import {
  JSON_TYPE,
  listItem,
  profileDocument,
  profileTag,
  registryTag,
  setRevision,
  summaryItem,
} from "./documents.js";
import { expectedVersion, type Moves, markingIfMatch, notModified } from "./etag.js";
import { callerOf, type RestOptions } from "./options.js";
import { givenLimit, nextLink } from "./page.js";
import { type QueryReader, queryOf } from "./query.js";
import type { Resource } from "./route.js";

/** Profiles read at once while a whole list is streamed. */
const STREAM_PAGE = 200;

export function profileResources(options: RestOptions): Resource[] {
  const { profiles, secretExempt } = options.services;

  /** As read together with this registry, in whose version every write to one of its profiles shows. */
  const texts = new WeakMap<Profile, { registry: Registry; text: string }>();
  const textOf = (answer: ProfileAnswer): string => {
    const known = texts.get(answer.profile);
    if (known?.registry === answer.registry) return known.text;
    const text = JSON.stringify(profileDocument(answer, secretExempt));
    texts.set(answer.profile, { registry: answer.registry, text });
    return text;
  };

  const send = (reply: FastifyReply, answer: ProfileAnswer): FastifyReply => {
    setRevision(reply, answer.revision);
    return reply.header("etag", profileTag(answer)).send(profileDocument(answer, secretExempt));
  };

  return [
    {
      path: "/profiles",
      methods: {
        async GET(request, reply) {
          const query = queryOf(request);
          const limit = givenLimit(query);
          const itemOf = itemForm(query);
          const list = await profiles.listProfiles({
            registry: query.string("registry"),
            after: afterOf(query.string("after")),
            tag: query.string("tag") || undefined,
            text: query.string("q")?.trim() || undefined,
            pageSize: limit ?? STREAM_PAGE,
          });
          setRevision(reply, list.revision);
          if (notModified(request, reply, registryTag(list.registry))) return reply;
          const items = (page: ProfilesPage): unknown[] =>
            page.profiles.map((profile) => itemOf(profile, list.registry, secretExempt));
          const pages = list.pages[Symbol.asyncIterator]();
          // Read before the head is sent, so that what is wrong can still be said.
          const first = await pages.next();
          if (first.done) return reply.send([]);
          const { last, more } = first.value;
          if (limit !== undefined || !more) {
            if (more && last !== undefined) void reply.header("link", nextLink(request, "after", last));
            return reply.send(items(first.value));
          }
          const rest = { [Symbol.asyncIterator]: () => pages };
          return reply.type(JSON_TYPE).send(Readable.from(jsonArray(items(first.value), rest, items)));
        },

        async POST(request, reply) {
          const body = bodyOf(request);
          const version = expectedVersion(request, body.count("expected_version"), "version");
          const answer = await markingIfMatch(
            version,
            profiles.createProfile(
              {
                ...registryOf(request, body),
                slug: body.string("slug") ?? "",
                input: parseProfileInput(body),
                setDefault: body.boolean("set_default") ?? false,
                ...version,
              },
              callerOf(options, request),
            ),
          );
          void reply.code(201).header("location", locationOf(request, answer, options));
          return send(reply, answer);
        },
      },
    },
    {
      path: "/profiles/:slug",
      methods: {
        async GET(request, reply) {
          const answer = await profiles.getProfile({
            registry: queryOf(request).string("registry"),
            slug: slugOf(request),
          });
          setRevision(reply, answer.revision);
          if (notModified(request, reply, profileTag(answer))) return reply;
          return reply.header("content-type", JSON_TYPE).send(textOf(answer));
        },

        async PATCH(request, reply) {
          const body = bodyOf(request);
          const version = expectedVersion(request, body.count("expected_version"), "version");
          const answer = await markingIfMatch(
            version,
            profiles.updateProfile(
              {
                ...registryOf(request, body),
                slug: slugOf(request),
                input: parseProfileInput(body),
                setDefault: body.boolean("set_default") ?? false,
                ...version,
              },
              callerOf(options, request),
            ),
          );
          return send(reply, answer);
        },

        async DELETE(request, reply) {
          const query = queryOf(request);
          const version = expectedVersion(request, query.count("expected_version"), "version");
          const { revision } = await markingIfMatch(
            version,
            profiles.deleteProfile(
              { registry: query.string("registry"), slug: slugOf(request), ...version },
              callerOf(options, request),
            ),
          );
          setRevision(reply, revision);
          return reply.code(204).send();
        },
      },
    },
    {
      path: "/profiles/:slug/default",
      methods: {
        async POST(request, reply) {
          const body = bodyOf(request);
          const moves: Moves = "registry_version";
          const sent = body.count("expected_version") ?? queryOf(request).count("expected_version");
          const version = expectedVersion(request, sent, moves);
          const answer = await markingIfMatch(
            version,
            profiles.setDefaultProfile(
              { ...registryOf(request, body), slug: slugOf(request), ...version },
              callerOf(options, request),
            ),
          );
          return send(reply, answer);
        },
      },
    },
  ];
}

export function slugOf(request: FastifyRequest): string {
  return (request.params as { slug: string }).slug;
}

/** Body before query; blank counts as absent. */
export function registryOf(
  request: FastifyRequest,
  body: MemberReader | undefined,
): { registry: string | undefined } {
  const named = body?.string("registry");
  return { registry: isBlank(named) ? queryOf(request).string("registry") : named };
}

function afterOf(raw: string | undefined): string | undefined {
  if (raw === undefined || raw.trim() === "") return undefined;
  const slug = parseSlug(raw, "profile slug");
  if (!slug.ok) throw malformed(`query parameter after: ${slug.reason}`);
  return slug.value;
}

function itemForm(query: QueryReader): typeof listItem | typeof summaryItem {
  const view = query.string("view")?.trim() || "full";
  if (view === "full") return listItem;
  if (view === "summary") return summaryItem;
  throw malformed(`query parameter view must be full or summary, not "${quoteCut(view)}"`);
}

function locationOf(
  request: FastifyRequest,
  { profile, registry }: ProfileAnswer,
  { services }: RestOptions,
): string {
  const path = (request.url.split("?", 1)[0] ?? "").replace(/\/$/, "");
  const query = registry.slug === services.defaultRegistry ? "" : `?registry=${registry.slug}`;
  return `${path}/${profile.slug}${query}`;
}

/** The list as text, a page at a time. */
async function* jsonArray(
  first: unknown[],
  rest: AsyncIterable<ProfilesPage>,
  items: (page: ProfilesPage) => unknown[],
): AsyncGenerator<string> {
  yield `[${first.map((item) => JSON.stringify(item)).join(",")}`;
  let separator = first.length > 0 ? "," : "";
  for await (const page of rest) {
    const texts = items(page).map((item) => JSON.stringify(item));
    if (texts.length === 0) continue;
    yield separator + texts.join(",");
    separator = ",";
  }
  yield "]";
}
