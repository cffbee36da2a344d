/** `request_id`: the retry of a write is answered with the first outcome (spec 3). */
import { type DescMethod, type Message, toJson } from "@bufbuild/protobuf";
import { invalid } from "../domain/errors.js";
import { retryOf } from "../service/retry.js";
import type { Retry } from "../service/write.js";

/** What all requests of writes have. */
export type WriteMessage = Message & { validateOnly: boolean; requestId: string };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Of a request that is more than one message. */
export interface RequestPart {
  /** Of the message with the `request_id`. */
  schema: DescMethod["input"];
  /** A hash of the rest. */
  rest: string;
}

/** Throws `validation` where it is no UUID. */
export function retryOfMessage(
  request: WriteMessage,
  { name, input }: DescMethod,
  more?: RequestPart,
): Retry {
  const { requestId } = request;
  if (!UUID.test(requestId)) throw invalid("request_id", "must be a UUID");
  const without: WriteMessage = { ...request, requestId: "" };
  // As JSON: a client may send the entries of a map in another order every time.
  const plain = () => [name, toJson(more?.schema ?? input, without), more?.rest ?? ""];
  return retryOf(requestId.toLowerCase(), plain);
}
