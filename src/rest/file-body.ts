/** The bodies of an import: one file, YAML or JSON, in whatever form of spec 6.3 it is written. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError, malformed } from "../domain/errors.js";
import type { SourceText } from "../service/import-text.js";

interface ReceivedFile {
  bytes: Uint8Array;
  digest: string;
}

/** What YAML and JSON are sent as; which of them it is shows in the text. */
const TYPES = [
  "application/yaml",
  "text/yaml",
  "application/x-yaml",
  "application/json",
  "application/octet-stream",
];
/** Where no length is stated. */
const FIRST_ROOM = 64 * 1024;

/** Makes files the only body of a Fastify scope. */
export function acceptOnlyFiles(app: FastifyInstance, maxBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(TYPES, (_request: FastifyRequest, payload: IncomingMessage) =>
    receive(payload, maxBytes),
  );
  app.addContentTypeParser("*", async () => {
    throw noFile();
  });
}

/**
 * The file, taken out of its request and held by nothing but `texts`, so that it can be let go of once it is read, and its
 * digest: SHA-256, in hex. Throws `unsupported_media_type`.
 */
export function takeFile(request: FastifyRequest, name: string): { texts: SourceText[]; digest: string } {
  const received = request.body as ReceivedFile | undefined;
  if (received === undefined) throw noFile();
  request.body = undefined;
  return { texts: [{ text: received.bytes, file: name }], digest: received.digest };
}

function noFile(): DomainError {
  return new DomainError(
    "unsupported_media_type",
    `the request body must be a file of type ${TYPES.slice(0, -1).join(", ")} or ${TYPES.at(-1)}`,
  );
}

/** Into one buffer from the start where the length is stated. Throws `too_large`, before the body is read where it can. */
async function receive(payload: IncomingMessage, maxBytes: number): Promise<ReceivedFile> {
  const stated = Number(payload.headers["content-length"] ?? Number.NaN);
  if (stated > maxBytes) throw tooLarge(maxBytes);
  const hash = createHash("sha256");
  let room = Buffer.allocUnsafe(Number.isNaN(stated) ? FIRST_ROOM : stated);
  let length = 0;
  // A request that is destroyed could not be answered any more.
  const chunks: AsyncIterableIterator<Buffer> = payload.iterator({ destroyOnReturn: false });
  for await (const chunk of whole(chunks)) {
    const end = length + chunk.length;
    if (end > maxBytes) throw tooLarge(maxBytes);
    if (end > room.length) {
      const larger = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(end, 2 * room.length)));
      larger.set(room.subarray(0, length));
      room = larger;
    }
    room.set(chunk, length);
    hash.update(chunk);
    length = end;
  }
  return { bytes: room.subarray(0, length), digest: hash.digest("hex") };
}

async function* whole(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw malformed(`the request body breaks off: ${(error as Error).message}`);
  }
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError("too_large", `the file is larger than ${maxBytes} bytes`);
}
