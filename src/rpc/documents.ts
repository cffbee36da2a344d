/** DocumentService: decode, call the services, encode. */
import { createHash } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  DocumentFormat,
  type DocumentService,
  type ImportDocumentsRequest,
  type ImportDocumentsResponse,
  ImportDocumentsResponseSchema,
  type ImportOptions,
  ImportOptionsSchema,
  PlannedAction,
  PlannedChangeSchema,
} from "../../gen/profileregistry/v1/document_service_pb.js";
import { DomainError, malformed } from "../domain/errors.js";
import type { ImportPlan, PlannedChange } from "../domain/import-plan.js";
import type { ExportRequest } from "../service/export.js";
import { DEFAULT_MAX_IMPORT_BYTES, importTexts } from "../service/import-text.js";
import { valueFromJson } from "./json-value.js";
import { callRules, type RpcOptions } from "./options.js";

const MAX_CHUNK_BYTES = 512 * 1024;
/** Stock clients refuse messages of 4 MiB. */
const MAX_MESSAGE_BYTES = 3 * 1024 * 1024;

const FORMATS: Record<DocumentFormat, ExportRequest["format"]> = {
  [DocumentFormat.UNSPECIFIED]: "yaml",
  [DocumentFormat.YAML]: "yaml",
  [DocumentFormat.JSON]: "json",
};

const ACTIONS: Record<PlannedChange["action"], PlannedAction> = {
  create: PlannedAction.CREATE,
  change: PlannedAction.CHANGE,
  delete: PlannedAction.DELETE,
};

export function createDocumentHandlers(options: RpcOptions): ServiceImpl<typeof DocumentService> {
  const { exports } = options.services;
  const { maxImportBytes = DEFAULT_MAX_IMPORT_BYTES } = options;
  const rules = callRules(options);
  return {
    async *importDocuments(requests: AsyncIterable<ImportDocumentsRequest>, context: HandlerContext) {
      const { given, texts } = await receive(requests, maxImportBytes);
      const { registry, replace, includeReadOnly } = given;
      const { plan, revision } = await importTexts(
        options.services,
        { texts, registry, replace, includeReadOnly },
        rules.caller(given, context, { schema: ImportOptionsSchema, rest: digestOf(texts) }),
      );
      yield* planMessages(plan, revision);
    },

    async *exportDocuments({ registry, format, withSecrets }, context) {
      if (withSecrets && !rules.seesSecrets(context)) {
        throw new DomainError("failed_precondition", "this server does not serve secrets (--serve-secrets)");
      }
      const formatName = FORMATS[format];
      if (formatName === undefined) throw malformed("format is not known");
      const exported = await exports.exportDocuments({ registry, format: formatName, withSecrets });
      const revision = BigInt(exported.revision);
      for await (const chunk of chunksOf(exported.text)) yield { chunk, revision };
    },
  };
}

interface ReceivedText {
  file: string;
  text: Buffer;
}

/** Throws `malformed` for parts out of order, `too_large` for more than `maxBytes` together. */
async function receive(
  requests: AsyncIterable<ImportDocumentsRequest>,
  maxBytes: number,
): Promise<{ given: ImportOptions; texts: ReceivedText[] }> {
  let given: ImportOptions | undefined;
  const texts: { file: string; chunks: Uint8Array[] }[] = [];
  let bytes = 0;
  for await (const { part } of requests) {
    if (given === undefined) {
      if (part.case !== "options") throw malformed("the first message must hold options");
      given = part.value;
    } else if (part.case === "fileName") {
      texts.push({ file: part.value, chunks: [] });
    } else if (part.case === "chunk") {
      if (part.value.length > MAX_CHUNK_BYTES) {
        throw malformed(`a chunk must not be larger than ${MAX_CHUNK_BYTES} bytes`);
      }
      bytes += part.value.length;
      if (bytes > maxBytes) throw new DomainError("too_large", `the texts are larger than ${maxBytes} bytes`);
      if (texts.length === 0) texts.push({ file: "request", chunks: [] });
      texts.at(-1)!.chunks.push(part.value);
    } else {
      throw malformed("all messages after the first must hold a file name or a chunk");
    }
  }
  if (given === undefined) throw malformed("the first message must hold options");
  return { given, texts: texts.map(({ file, chunks }) => ({ file, text: Buffer.concat(chunks) })) };
}

function digestOf(texts: readonly ReceivedText[]): string {
  const hash = createHash("sha256");
  for (const { file, text } of texts) hash.update(`${file}\0${text.length}\0`).update(text);
  return hash.digest("hex");
}

function* planMessages(
  { changes, counts }: ImportPlan,
  revision: number,
): Generator<ImportDocumentsResponse> {
  let message = create(ImportDocumentsResponseSchema);
  let bytes = 0;
  for (const { action, registry, profile = "", differences = [] } of changes) {
    const change = create(PlannedChangeSchema, {
      action: ACTIONS[action],
      registry,
      profile,
      differences: differences.map(({ pointer, from, to }) => ({
        pointer,
        ...(from === undefined ? {} : { from: valueFromJson(from) }),
        ...(to === undefined ? {} : { to: valueFromJson(to) }),
      })),
    });
    const size = toBinary(PlannedChangeSchema, change).length;
    if (bytes + size > MAX_MESSAGE_BYTES && message.changes.length > 0) {
      yield message;
      message = create(ImportDocumentsResponseSchema);
      bytes = 0;
    }
    message.changes.push(change);
    bytes += size;
  }
  yield create(ImportDocumentsResponseSchema, {
    changes: message.changes,
    summary: { ...counts, revision: BigInt(revision) },
  });
}

/** Many small pieces as few large ones. */
async function* chunksOf(text: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of text) {
    const encoded = Buffer.from(piece);
    pieces.push(encoded);
    bytes += encoded.length;
    if (bytes < MAX_CHUNK_BYTES) continue;
    const all = Buffer.concat(pieces);
    const whole = all.length - (all.length % MAX_CHUNK_BYTES);
    for (let at = 0; at < whole; at += MAX_CHUNK_BYTES) yield all.subarray(at, at + MAX_CHUNK_BYTES);
    pieces = [all.subarray(whole)];
    bytes = all.length - whole;
  }
  if (bytes > 0) yield Buffer.concat(pieces);
}
