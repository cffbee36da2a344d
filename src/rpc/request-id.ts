/** `request_id`: the retry of a write is answered with the first outcome (spec 3). */
import { type DescMethod, toJson } from "@bufbuild/protobuf";
import { invalid } from "../domain/errors.js";
import { retryOf } from "../service/retry.js";
import type { Retry } from "../service/write.js";
import type { WriteMessage } from "./options.js";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Throws `validation` where it is no UUID. */
export function retryOfMessage(request: WriteMessage, { name, input }: DescMethod): Retry {
  const { requestId } = request;
  if (!UUID.test(requestId)) throw invalid("request_id", "must be a UUID");
  const without: WriteMessage = { ...request, requestId: "" };
  // As JSON: a client may send the entries of a map in another order every time.
  return retryOf(requestId.toLowerCase(), () => [name, toJson(input, without)]);
}
