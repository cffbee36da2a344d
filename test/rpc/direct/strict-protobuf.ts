import { configureTextEncoding, getTextEncoding } from "@bufbuild/protobuf/wire";
import { afterAll, beforeAll } from "vitest";
import { makeProtobufStrict } from "../../../src/rpc/strict-protobuf.js";

/** For the tests of a file; the library is told for the whole process, which others share. */
export function withStrictProtobuf(): void {
  const encoding = getTextEncoding();
  const accessor = Object.getOwnPropertyDescriptor(Object.prototype, "__proto__")!;
  beforeAll(makeProtobufStrict);
  afterAll(() => {
    configureTextEncoding(encoding);
    Object.defineProperty(Object.prototype, "__proto__", accessor);
  });
}
