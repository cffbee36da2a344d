/**
 * What the protobuf library can only be told for the whole process. The program does; who embeds the routes may
 * (docs/embedding.md).
 */
import { configureTextEncoding } from "@bufbuild/protobuf/wire";

/**
 * Text that is not UTF-8 is refused instead of repaired, and `__proto__` is a name like any other in `google.protobuf.Struct`,
 * which the library reads into ordinary objects (spec 1.1): it takes away `Object.prototype.__proto__`, as
 * `node --disable-proto=delete` does.
 */
export function makeProtobufStrict(): void {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  configureTextEncoding({
    encodeUtf8: (text) => encoder.encode(text) as Uint8Array<ArrayBuffer>,
    decodeUtf8: (bytes) => decoder.decode(bytes),
    checkUtf8: (text) => text.isWellFormed(),
  });
  Reflect.deleteProperty(Object.prototype, "__proto__");
}
