import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BatchResolveProfilesRequestSchema,
  ResolveProfileRequestSchema,
} from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { batchItems } from "../../../src/rpc/direct/batch-items.js";

const jsonItems = (text: string) => batchItems(Buffer.from(text), false)?.map(String);

test("the items of a list are its texts, whatever is in them and between them", () => {
  const item = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { maxKeys: 3 });
  const space = fc.constantFrom("", " ", "\n\t", "\r\n  ");
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 5 }),
      space,
      fc.constantFrom(undefined, 2),
      (items, gap, indent) => {
        const list = items.map((one) => `${gap}${JSON.stringify(one, null, indent)}${gap}`).join(",");
        const found = jsonItems(`${gap}{${gap}"requests"${gap}:${gap}[${list || gap}]${gap}}${gap}`);
        expect(found?.map((text) => JSON.parse(text))).toEqual(JSON.parse(`[${list}]`));
      },
    ),
  );
});

test.each([
  "",
  "[]",
  "{}",
  '{"requests":{}}',
  '{"requests":[]',
  '{"requests":[],"requests":[]}',
  '{"requests":[{}],"more":[]}',
  '{"more":1,"requests":[{}]}',
  '{"requests":[{]}]}',
  '{"requests":[{}]}]}',
])("of any other form it is to be decoded whole: %s", (text) => {
  expect(jsonItems(text)).toBeUndefined();
});

test("a list that ends in a comma, or holds what is no object, has items that nobody can decode", () => {
  expect(jsonItems('{"requests":[{},]}')).toEqual(["{}", ""]);
  expect(jsonItems('{"requests":[{} {}, 1]}')).toEqual(["{} {}", " 1"]);
});

test("in binary form items are messages, and a field that nobody knows is to be decoded whole", () => {
  const requests = ["a", "b", ""].map((profile) => create(ResolveProfileRequestSchema, { profile }));
  const bytes = toBinary(
    BatchResolveProfilesRequestSchema,
    create(BatchResolveProfilesRequestSchema, { requests }),
  );
  const found = batchItems(bytes, true)?.map((one) => fromBinary(ResolveProfileRequestSchema, one));
  expect(found).toEqual(requests);
  expect(batchItems(Uint8Array.of(...bytes, 0x10, 1), true)).toBeUndefined();
});
