/** BatchResolveProfiles from bytes to bytes: each request as ResolveProfile answers it, without a message around them. */
import { fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  BatchResolveProfilesResponseSchema,
  ResolveProfileRequestSchema,
  ResolveProfileResultSchema,
} from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { DomainError, malformed } from "../../domain/errors.js";
import type { ShownSecrets } from "../../domain/secrets.js";
import type { ResolverService } from "../../service/resolver.js";
import { failedResult, fitting, MAX_BATCH } from "../batch.js";
import { STRICT_JSON } from "../strict-router.js";
import { batchItems } from "./batch-items.js";
import { joinParts } from "./encoded-resolution.js";
import { latin1, utf8 } from "./latin1.js";
import { directQuestion } from "./question.js";

const { results: RESULTS } = BatchResolveProfilesResponseSchema.field;
const { response: RESPONSE } = ResolveProfileResultSchema.field;

/** Undefined for a request that is to be decoded whole. Throws `malformed` for too many, or what decoding throws. */
export async function directBatch(
  resolver: Pick<ResolverService, "answer">,
  bytes: Uint8Array,
  binary: boolean,
  shown: ShownSecrets,
): Promise<string | undefined> {
  const items = batchItems(bytes, binary);
  if (items === undefined) return undefined;
  if (items.length > MAX_BATCH) throw malformed(`requests must not have more than ${MAX_BATCH} items`);
  const resultOf = async (item: Uint8Array): Promise<string> => {
    const decode = () =>
      binary
        ? fromBinary(ResolveProfileRequestSchema, item)
        : fromJsonString(ResolveProfileRequestSchema, STRICT_JSON.textDecoder.decode(item), STRICT_JSON);
    try {
      const answer = joinParts(await resolver.answer(directQuestion(item, binary, shown, decode)), binary);
      return binary ? field(RESPONSE.number, answer) : `{"${RESPONSE.jsonName}":${answer}}`;
    } catch (error) {
      if (error instanceof DomainError) return refusal(error, binary);
      throw error;
    }
  };
  const results = fitting(
    await Promise.all(items.map(resultOf)),
    (result) => result.length,
    (error) => refusal(error, binary),
  );
  if (binary) return results.map((result) => field(RESULTS.number, result)).join("");
  return results.length === 0 ? "{}" : `{"${RESULTS.jsonName}":[${results.join(",")}]}`;
}

function refusal(error: DomainError, binary: boolean): string {
  const result = failedResult(error);
  return binary
    ? latin1(toBinary(ResolveProfileResultSchema, result))
    : utf8(toJsonString(ResolveProfileResultSchema, result));
}

/** A message in a message: bytes, a character each. */
function field(number: number, message: string): string {
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(message.length).finish();
  return latin1(head) + message;
}
