/** LogService: decode, call the service, encode. */
import type { ServiceImpl } from "@connectrpc/connect";
import { LogEntrySchema, type LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { malformed } from "../domain/errors.js";
import type { SecretExemptions } from "../domain/secrets.js";
import type { LogPart } from "../service/log.js";
import { entryMessage } from "./log-mapping.js";
import { callRules, type RpcOptions } from "./options.js";
import { createPage, pageSize, revisionStart, tokenAfter } from "./paging.js";

/** Entries with documents on a page: it is often full long before it holds as many as were asked for. */
const MAX_WITH_DOCUMENTS = 100;

export function createLogHandlers(options: RpcOptions): ServiceImpl<typeof LogService> {
  const { log } = options.services;
  const rules = callRules(options);
  return {
    async listLogEntries(request, context) {
      const { registry, profile, includeDocuments: documents, newestFirst } = request;
      const size = Math.min(pageSize(request), documents ? MAX_WITH_DOCUMENTS : Number.POSITIVE_INFINITY);
      const start = revisionStart(request);
      const after = afterRevision(request.afterRevision);
      const { entries, more, revision } = await log.listEntries({
        registry,
        profile,
        documents,
        newestFirst,
        limit: size,
        ...(newestFirst ? { after, before: start } : { after: Math.max(after, start ?? 0) }),
      });
      const page = createPage(LogEntrySchema, size);
      for (const entry of entries) {
        if (!page.add(entryMessage(entry, rules.redaction(context)))) break;
      }
      const last = page.items.at(-1);
      const cut = more || page.items.length < entries.length;
      return {
        entries: page.items,
        nextPageToken: cut && last !== undefined ? tokenAfter(String(last.revision)) : "",
        revision: BigInt(revision),
      };
    },

    async *watchLogEntries(
      { registry, profile, includeDocuments: documents, afterRevision: start },
      context,
    ) {
      const after = start === undefined ? undefined : afterRevision(start);
      // The shutdown of the server ends the stream as the caller's own going does: without an error.
      for await (const part of log.watchEntries({ registry, profile, documents, after }, context.signal)) {
        for (const message of messagesOf(part, rules.redaction(context))) yield message;
      }
    },
  };
}

/** Throws `malformed` for what no revision can be. */
function afterRevision(revision: bigint): number {
  if (revision < 0n || revision > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw malformed("after_revision must be a revision, or 0");
  }
  return Number(revision);
}

/** Stock clients refuse messages as large as many documents together. */
function* messagesOf({ entries, revision }: LogPart, exempt: SecretExemptions | undefined) {
  let page = createPage(LogEntrySchema, entries.length);
  for (const entry of entries) {
    const message = entryMessage(entry, exempt);
    if (page.add(message)) continue;
    yield { entries: page.items, revision: page.items.at(-1)!.revision };
    page = createPage(LogEntrySchema, entries.length);
    page.add(message);
  }
  yield { entries: page.items, revision: BigInt(revision) };
}
