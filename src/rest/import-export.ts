/** `/import`, `/export`: documents as files (spec 6.3), for clients that cannot stream in both directions. */
import { Readable } from "node:stream";
import { malformed, quoteCut } from "../domain/errors.js";
import { isBlank } from "../domain/identifiers.js";
import type { ExportRequest } from "../service/export.js";
import type { ImportAnswer } from "../service/import.js";
import { importTexts } from "../service/import-text.js";
import { chooseRegistry } from "../service/names.js";
import { JSON_TYPE, setRevision } from "./documents.js";
import { takeFile } from "./file-body.js";
import { callerOf, type RestOptions } from "./options.js";
import { queryOf } from "./query.js";
import type { Resource } from "./route.js";

/** In UTF-16 units: many small pieces are sent as few large ones. */
const PIECE_LENGTH = 64 * 1024;

type Format = ExportRequest["format"];

const TYPES: Record<Format, string> = {
  yaml: "application/yaml",
  json: JSON_TYPE,
};

export function exportResource({ services: { exports, defaultRegistry } }: RestOptions): Resource {
  return {
    path: "/export",
    methods: {
      async GET(request, reply) {
        const query = queryOf(request);
        const registry = query.string("registry");
        const format = formatOf(query.string("format"));
        const { revision, text } = await exports.exportDocuments({ registry, format, withSecrets: false });
        const pieces = joined(text);
        // Read before the head is sent, so that what is wrong can still be said.
        const first = await pieces.next();
        const name = isBlank(registry) ? "registries" : chooseRegistry(registry, defaultRegistry);
        setRevision(reply, revision);
        return reply
          .header("content-disposition", `attachment; filename="${name}.${format}"`)
          .type(TYPES[format])
          .send(Readable.from(first.done ? [] : startingWith(first.value, pieces)));
      },
    },
  };
}

/** Wants acceptOnlyFiles in its scope. */
export function importResource(options: RestOptions): Resource {
  return {
    path: "/import",
    methods: {
      async POST(request, reply) {
        const query = queryOf(request);
        const { texts, digest } = takeFile(request, query.string("file_name")?.trim() || "request");
        const answer = await importTexts(
          options.services,
          {
            texts,
            registry: query.string("registry"),
            replace: query.boolean("replace") ?? false,
            includeReadOnly: query.boolean("include_read_only") ?? false,
          },
          callerOf(options, request, digest),
        );
        setRevision(reply, answer.revision);
        // A plan can be larger than a string: changes show what was there and what comes.
        return reply.type(JSON_TYPE).send(Readable.from(joined(planText(answer))));
      },
    },
  };
}

function formatOf(raw: string | undefined): Format {
  const format = isBlank(raw) ? "yaml" : raw.trim().toLowerCase();
  if (format === "yaml" || format === "json") return format;
  throw malformed(`query parameter format must be yaml or json, not "${quoteCut(format)}"`);
}

function* planText({ plan: { counts, changes }, revision }: ImportAnswer): Generator<string> {
  yield `{"revision":${revision},"counts":${JSON.stringify(counts)},"changes":[`;
  for (const [i, change] of changes.entries()) yield `${i > 0 ? "," : ""}${JSON.stringify(change)}`;
  yield "]}";
}

async function* joined(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string, void> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

async function* startingWith(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
