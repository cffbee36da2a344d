/** The requests in an encoded BatchResolveProfilesRequest, as they are encoded. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { BatchResolveProfilesRequestSchema } from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { latin1 } from "./latin1.js";

const REQUESTS = BatchResolveProfilesRequestSchema.field.requests;
/** The member alone, with a list of objects. */
const WHOLE = new RegExp(`^\\s*\\{\\s*"${REQUESTS.jsonName}"\\s*:\\s*\\[([^]*)\\]\\s*\\}\\s*$`);

/** Undefined for what has another form than most: it is to be decoded whole. The items themselves are not looked into. */
export function batchItems(bytes: Uint8Array, binary: boolean): Uint8Array[] | undefined {
  return binary ? binaryItems(bytes) : jsonItems(bytes);
}

function binaryItems(bytes: Uint8Array): Uint8Array[] | undefined {
  const reader = new BinaryReader(bytes);
  const items: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number !== REQUESTS.number || type !== WireType.LengthDelimited) return undefined;
    items.push(reader.bytes());
  }
  return items;
}

function jsonItems(bytes: Uint8Array): Uint8Array[] | undefined {
  // Bytes and characters are at the same places.
  const found = WHOLE.exec(latin1(bytes));
  if (found === null) return undefined;
  const list = found[1]!;
  const from = found[0].indexOf("[") + 1;
  const items: Uint8Array[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    switch (list.charCodeAt(at)) {
      case 0x22: // "
        at = endOfText(list, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (--depth < 0) return undefined;
        break;
      case 0x2c: // ,
        if (depth > 0) break;
        items.push(bytes.subarray(from + start, from + at));
        start = at + 1;
    }
  }
  if (depth !== 0) return undefined;
  if (items.length > 0 || list.trim() !== "") items.push(bytes.subarray(from + start, from + list.length));
  return items;
}

function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charCodeAt(at) !== 0x22) at += json.charCodeAt(at) === 0x5c ? 2 : 1;
  return at;
}
