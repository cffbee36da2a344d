/** What the Connect library answers to calls that it cannot read, mended (see strict-router.ts). */
import { Code, ConnectError } from "@connectrpc/connect";
import {
  createAsyncIterable,
  encodeEnvelope,
  readAllBytes,
  type UniversalHandler,
  type UniversalServerResponse,
} from "@connectrpc/connect/protocol";
import { errorFromJsonBytes, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { findTrailerError, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { trailerFlag, trailerParse, trailerSerialize } from "@connectrpc/connect/protocol-grpc-web";
import { cut } from "./errors.js";

const ENVELOPE_HEADER_BYTES = 5;
/** None: the answer is in memory already. */
const MAX_ANSWER_BYTES = 2 ** 32 - 1;
/** What V8 says where the library has recursed as deep as the message nests. */
const STACK_OVERFLOW = "Maximum call stack size exceeded";

/** Only what was read from the caller can have failed so far. */
export function mended(error: ConnectError): ConnectError {
  if (error.rawMessage === STACK_OVERFLOW) {
    return new ConnectError("the request nests too deeply", Code.InvalidArgument);
  }
  // The library quotes what it cannot read whole, which no trailer can hold.
  const text = cut(error.rawMessage);
  if (error.code !== Code.Internal && error.code !== Code.Unknown)
    return text === error.rawMessage ? error : new ConnectError(text, error.code, error.metadata);
  // Nothing but the base64 of a GET is read without a text of its own.
  const reason = text === "internal error" ? "invalid base64" : text;
  return new ConnectError(`the request cannot be read: ${reason}`, Code.InvalidArgument, error.metadata);
}

/** The answer to a call of one message, which was refused before that was read. */
export async function mendUnary(response: UniversalServerResponse): Promise<UniversalServerResponse> {
  const header = new Headers(response.header);
  const type = header.get("content-type") ?? "";
  if (response.trailer !== undefined) {
    mendTrailer(response.trailer);
    return response;
  }
  if (response.body === undefined || header.has("content-encoding")) return response;
  const bytes = await readAllBytes(response.body, MAX_ANSWER_BYTES);
  if (type.startsWith("application/grpc-web")) {
    if (bytes[0] !== trailerFlag) return { ...response, body: createAsyncIterable([bytes]) };
    const trailer = trailerParse(bytes.subarray(ENVELOPE_HEADER_BYTES));
    mendTrailer(trailer);
    return {
      ...response,
      body: createAsyncIterable([encodeEnvelope(trailerFlag, trailerSerialize(trailer))]),
    };
  }
  const error = mended(
    errorFromJsonBytes(bytes, undefined, new ConnectError("unreadable answer", Code.Internal)),
  );
  const body = errorToJsonBytes(error, undefined);
  header.set("content-length", String(body.length));
  // An unknown compression is "unimplemented", which is 501 where Connect chooses: HTTP itself has 415 for it.
  const status =
    error.code === Code.Unimplemented ? 415 : error.code === Code.InvalidArgument ? 400 : response.status;
  return { ...response, status, header, body: createAsyncIterable([body]) };
}

/** Over gRPC the library cannot send a text that quotes an unpaired surrogate, which JSON can hold. */
export function refusalThatQuotes(error: unknown, header: Headers): UniversalServerResponse {
  if (!(error instanceof URIError)) throw error;
  const type = header.get("content-type") ?? "";
  const trailer = new Headers();
  const text = "the request cannot be read: it holds an unpaired surrogate";
  setTrailerStatus(trailer, new ConnectError(text, Code.InvalidArgument));
  const answer = { status: 200, header: new Headers({ "content-type": type }) };
  if (!type.startsWith("application/grpc-web")) return { ...answer, body: createAsyncIterable([]), trailer };
  return { ...answer, body: createAsyncIterable([encodeEnvelope(trailerFlag, trailerSerialize(trailer))]) };
}

function mendTrailer(trailer: Headers): void {
  const error = findTrailerError(trailer);
  if (error === undefined) return;
  const better = mended(error);
  if (better !== error) setTrailerStatus(trailer, better);
}

/**
 * The statuses that the library leaves without a body: 405, 415, and 505 for a call in both directions over HTTP/1.1. Callers
 * that speak gRPC get the text alone; of a 415 nobody knows what its caller speaks.
 */
export function withText(
  response: UniversalServerResponse,
  { allowedMethods }: UniversalHandler,
  requestType: string | null,
): UniversalServerResponse {
  const header = new Headers(response.header);
  const ofGrpc = response.status !== 415 && requestType?.startsWith("application/grpc");
  header.set("content-type", ofGrpc ? "text/plain" : "application/json");
  const allow = [...new Set(allowedMethods)].join(", ");
  const answer = (status: number, code: Code, text: string): UniversalServerResponse => {
    const body = ofGrpc ? Buffer.from(text) : errorToJsonBytes(new ConnectError(text, code), undefined);
    header.set("content-length", String(body.length));
    return { ...response, status, header, body: createAsyncIterable([body]) };
  };
  switch (response.status) {
    case 405:
      header.set("allow", allow);
      // What the Connect protocol takes a 405 for.
      return answer(405, Code.Unknown, `the method is not allowed here (allowed: ${allow})`);
    case 505:
      header.set("upgrade", "h2c");
      return answer(426, Code.Unimplemented, "this call needs HTTP/2");
    default:
      return answer(
        response.status,
        Code.InvalidArgument,
        "the content type, or the encoding parameter of a GET, is not one that this call has",
      );
  }
}
