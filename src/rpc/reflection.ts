/**
 * gRPC server reflection (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md), so that grpcurl,
 * `buf curl` and Postman list, describe and call the services without their proto files.
 */
import {
  type DescExtension,
  type DescFile,
  type DescService,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponseSchema,
} from "../../gen/grpc/reflection/v1/reflection_pb.js";

export interface ReflectionOptions {
  /** What is served; reflection itself is listed too. */
  readonly services: readonly DescService[];
  /** Files that no service imports but whose messages travel in `google.protobuf.Any`, such as those of error details. */
  readonly files?: readonly DescFile[];
}

export function reflectionRoutes(router: ConnectRouter, { services, files = [] }: ReflectionOptions): void {
  const answer = createAnswers([...services, ServerReflection], files);
  const method = ServerReflection.method.serverReflectionInfo;
  // v1alpha differs from v1 by its name only, and older tools ask for nothing else. It is not listed: it has no file.
  const alpha = {
    ...method,
    parent: { ...ServerReflection, typeName: "grpc.reflection.v1alpha.ServerReflection" },
  };
  for (const version of [method, alpha]) {
    router.rpc(version, async function* (requests, { signal }) {
      for await (const request of until(signal, requests)) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request) };
      }
    });
  }
}

/** What `source` yields, ended cleanly when `signal` aborts: tools hold their stream open, and must not delay a stop. */
async function* until<T>(signal: AbortSignal, source: AsyncIterable<T>): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  const aborted = new Promise<{ done: true }>((resolve) => {
    signal.addEventListener("abort", () => resolve({ done: true }), { once: true });
  });
  while (!signal.aborted) {
    const step = await Promise.race([items.next(), aborted]);
    if (step.done) return;
    yield step.value;
  }
}

type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

function createAnswers(services: readonly DescService[], files: readonly DescFile[]) {
  const index = indexFiles([...services.map((service) => service.file), ...files]);
  const names = services.map((service) => ({ name: service.typeName }));

  return ({ messageRequest: asked }: ServerReflectionRequest): Answer => {
    switch (asked.case) {
      case "listServices":
        return { case: "listServicesResponse", value: { service: names } };
      case "fileByFilename":
        return fileAnswer(index.files.get(asked.value), `file ${asked.value}`);
      case "fileContainingSymbol":
        return fileAnswer(index.symbols.get(asked.value), `symbol ${asked.value}`);
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = asked.value;
        const extension = index.extensions
          .get(containingType)
          ?.find(({ number }) => number === extensionNumber);
        return fileAnswer(extension?.file, `extension ${extensionNumber} of ${containingType}`);
      }
      case "allExtensionNumbersOfType": {
        const extensions = index.extensions.get(asked.value) ?? [];
        if (extensions.length === 0 && !index.symbols.has(asked.value))
          return notFound(`type ${asked.value}`);
        const extensionNumber = extensions.map(({ number }) => number);
        return { case: "allExtensionNumbersResponse", value: { baseTypeName: asked.value, extensionNumber } };
      }
      default:
        return errorAnswer(Code.InvalidArgument, "no message_request that this server knows");
    }
  };
}

function fileAnswer(file: DescFile | undefined, what: string): Answer {
  if (file === undefined) return notFound(what);
  const fileDescriptorProto = withImports(file).map(({ proto }) =>
    toBinary(FileDescriptorProtoSchema, proto),
  );
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function notFound(what: string): Answer {
  return errorAnswer(Code.NotFound, `${what} is not known`);
}

function errorAnswer(errorCode: Code, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}

/** The file first, where clients look for what they asked for, then all that it imports, directly or not, once each. */
function withImports(...files: readonly DescFile[]): DescFile[] {
  const found = new Set(files);
  // A set visits what is added to it on the way.
  for (const file of found) for (const imported of file.dependencies) found.add(imported);
  return [...found];
}

interface FileIndex {
  /** By path, such as `google/protobuf/struct.proto`. */
  readonly files: ReadonlyMap<string, DescFile>;
  /** By full name, without a leading dot. */
  readonly symbols: ReadonlyMap<string, DescFile>;
  /** By the full name of the message that is extended. */
  readonly extensions: ReadonlyMap<string, readonly DescExtension[]>;
}

function indexFiles(roots: readonly DescFile[]): FileIndex {
  const files = new Map<string, DescFile>();
  const symbols = new Map<string, DescFile>();
  const extensions = new Map<string, DescExtension[]>();
  for (const file of withImports(...roots)) {
    files.set(file.proto.name, file);
    for (const type of nestedTypes(file)) {
      for (const name of symbolsOf(type)) symbols.set(name, file);
      if (type.kind !== "extension") continue;
      const extended = type.extendee.typeName;
      extensions.set(extended, [...(extensions.get(extended) ?? []), type]);
    }
  }
  return { files, symbols, extensions };
}

/** The full names that a type declares: its own and its members'. */
function symbolsOf(type: ReturnType<typeof nestedTypes> extends Iterable<infer T> ? T : never): string[] {
  const within = (members: readonly { name: string }[], scope = type.typeName) =>
    members.map(({ name }) => (scope === "" ? name : `${scope}.${name}`));
  switch (type.kind) {
    case "message":
      return [type.typeName, ...within(type.fields), ...within(type.oneofs)];
    case "service":
      return [type.typeName, ...within(type.methods)];
    case "enum":
      // Enum values live in the scope around their enum, as in C++.
      return [type.typeName, ...within(type.values, type.parent?.typeName ?? type.file.proto.package)];
    case "extension":
      return [type.typeName];
  }
}
