import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { create, fromBinary, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_cpp_features,
  file_google_protobuf_struct,
} from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Client, credentials, status as grpcStatus } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { file_google_rpc_error_details } from "../../gen/google/rpc/error_details_pb.js";
import { Health } from "../../gen/grpc/health/v1/health_pb.js";
import {
  ServerReflection,
  type ServerReflectionRequestSchema,
  type ServerReflectionResponse,
} from "../../gen/grpc/reflection/v1/reflection_pb.js";
import { createHealthState, healthRoutes } from "../../src/rpc/health.js";
import { reflectionRoutes } from "../../src/rpc/reflection.js";
import { type RpcServer, run, serveRpc } from "../server/serve-rpc.js";

type Question = NonNullable<MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"]>;

/** Health and reflection, and files with imports, nested types and extensions. */
function serve(): Promise<RpcServer> {
  return serveRpc((router, shutdown) => {
    const state = createHealthState();
    state.set(true);
    healthRoutes(router, { state, services: [Health.typeName], shutdown });
    const files = [
      file_google_rpc_error_details,
      file_google_protobuf_struct,
      file_google_protobuf_cpp_features,
    ];
    reflectionRoutes(router, { services: [Health], files });
  });
}

async function ask(port: number, ...questions: Question[]): Promise<ServerReflectionResponse[]> {
  const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }));
  async function* requests() {
    for (const messageRequest of questions) yield { host: "here", messageRequest };
  }
  const answers: ServerReflectionResponse[] = [];
  for await (const answer of client.serverReflectionInfo(requests())) answers.push(answer);
  return answers;
}

/** The paths of the files in an answer, or its error. */
function filesOf({ messageResponse: answer }: ServerReflectionResponse): string[] | number | undefined {
  if (answer.case === "errorResponse") return answer.value.errorCode;
  if (answer.case !== "fileDescriptorResponse") return undefined;
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

test("the services that are served are listed, and reflection itself", async () => {
  const { port } = await serve();
  const [answer] = await ask(port, { case: "listServices", value: "" });
  expect(answer).toMatchObject({
    validHost: "here",
    originalRequest: { host: "here", messageRequest: { case: "listServices" } },
    messageResponse: {
      value: {
        service: [{ name: "grpc.health.v1.Health" }, { name: "grpc.reflection.v1.ServerReflection" }],
      },
    },
  });
});

test("a file comes with all that it imports, itself first", async () => {
  const { port } = await serve();
  const [imports, none] = await ask(
    port,
    { case: "fileByFilename", value: "google/rpc/error_details.proto" },
    { case: "fileByFilename", value: "google/protobuf/struct.proto" },
  );
  expect(filesOf(imports!)).toEqual(["google/rpc/error_details.proto", "google/protobuf/duration.proto"]);
  expect(filesOf(none!)).toEqual(["google/protobuf/struct.proto"]);
});

const SYMBOLS: readonly [what: string, symbol: string, file: string][] = [
  ["a service", "grpc.health.v1.Health", "grpc/health/v1/health.proto"],
  ["a method", "grpc.health.v1.Health.Watch", "grpc/health/v1/health.proto"],
  ["a message", "google.protobuf.Struct", "google/protobuf/struct.proto"],
  ["a nested message", "google.rpc.BadRequest.FieldViolation", "google/rpc/error_details.proto"],
  ["a nested enum", "grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto"],
  ["a value of a nested enum", "grpc.health.v1.HealthCheckResponse.SERVING", "grpc/health/v1/health.proto"],
  ["an enum", "google.protobuf.NullValue", "google/protobuf/struct.proto"],
  ["a value of an enum", "google.protobuf.NULL_VALUE", "google/protobuf/struct.proto"],
  ["a field", "google.rpc.ErrorInfo.domain", "google/rpc/error_details.proto"],
  ["a oneof", "google.protobuf.Value.kind", "google/protobuf/struct.proto"],
  ["an extension", "pb.cpp", "google/protobuf/cpp_features.proto"],
  ["a message of an imported file", "google.protobuf.Duration", "google/protobuf/duration.proto"],
];

test.each(SYMBOLS)("the file of %s is found by the symbol %s", async (_what, symbol, file) => {
  const { port } = await serve();
  const [answer] = await ask(port, { case: "fileContainingSymbol", value: symbol });
  expect((filesOf(answer!) as string[])[0]).toBe(file);
});

test("extensions are found by the message that they extend and their number", async () => {
  const { port } = await serve();
  const [file, numbers, none] = await ask(
    port,
    {
      case: "fileContainingExtension",
      value: { containingType: "google.protobuf.FeatureSet", extensionNumber: 1000 },
    },
    { case: "allExtensionNumbersOfType", value: "google.protobuf.FeatureSet" },
    { case: "allExtensionNumbersOfType", value: "google.protobuf.Struct" },
  );
  expect(filesOf(file!)).toEqual(["google/protobuf/cpp_features.proto", "google/protobuf/descriptor.proto"]);
  expect(numbers?.messageResponse.value).toMatchObject({
    baseTypeName: "google.protobuf.FeatureSet",
    extensionNumber: [1000],
  });
  expect(none?.messageResponse.value).toMatchObject({ extensionNumber: [] });
});

test("what is not known is an error in its answer, and the stream goes on", async () => {
  const { port } = await serve();
  const answers = await ask(
    port,
    { case: "fileByFilename", value: "no.proto" },
    { case: "fileContainingSymbol", value: "grpc.health.v1.Nothing" },
    {
      case: "fileContainingExtension",
      value: { containingType: "google.protobuf.Struct", extensionNumber: 1 },
    },
    { case: "allExtensionNumbersOfType", value: "no.Type" },
    { case: undefined },
    { case: "fileContainingSymbol", value: "grpc.health.v1.Health" },
  );
  const { NotFound, InvalidArgument } = Code;
  const errors = [NotFound, NotFound, NotFound, NotFound, InvalidArgument];
  expect(answers.map(filesOf)).toEqual([...errors, ["grpc/health/v1/health.proto"]]);
});

test("v1alpha, the name that older tools ask for, answers the same", async () => {
  const { port } = await serve();
  const alpha = { ...ServerReflection, typeName: "grpc.reflection.v1alpha.ServerReflection" };
  const method = { ...ServerReflection.method.serverReflectionInfo, parent: alpha };
  const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` });
  async function* requests() {
    yield { messageRequest: { case: "fileContainingSymbol" as const, value: "grpc.health.v1.Health" } };
  }
  const { message } = await transport.stream(method, undefined, undefined, undefined, requests());
  for await (const answer of message) expect(filesOf(answer)).toEqual(["grpc/health/v1/health.proto"]);
});

test("a stream that a tool holds open ends when the server stops", async () => {
  const { port, stop } = await serve();
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  const { input, output, parent, name } = ServerReflection.method.serverReflectionInfo;
  const stream = client.makeBidiStreamRequest(
    `/${parent.typeName}/${name}`,
    (request: MessageShape<typeof input>) => Buffer.from(toBinary(input, request)),
    (bytes) => fromBinary(output, bytes),
  );
  stream.write(create(input, { messageRequest: { case: "listServices", value: "" } }));
  await once(stream, "data");
  const ended = once(stream, "status");
  const start = performance.now();
  await stop();
  expect((await ended)[0]).toMatchObject({ code: grpcStatus.OK });
  expect(performance.now() - start).toBeLessThan(1_000);
});

const grpcurl = await run("grpcurl", "-version");

test.skipIf(grpcurl.code !== 0)(
  "grpcurl lists, describes and calls the services without their proto files",
  async () => {
    const { port } = await serve();
    const ask = (...args: string[]) => run("grpcurl", "-plaintext", ...args);
    const list = await ask(`127.0.0.1:${port}`, "list");
    expect(list.stdout.trim().split("\n")).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
    ]);
    const service = await ask(`127.0.0.1:${port}`, "describe", "grpc.health.v1.Health");
    expect(service.stdout).toContain("rpc Check ( .grpc.health.v1.HealthCheckRequest )");
    const everything = await ask(`127.0.0.1:${port}`, "describe");
    expect(everything.code, everything.stderr).toBe(0);
    const call = await ask("-d", '{"service": ""}', `127.0.0.1:${port}`, "grpc.health.v1.Health/Check");
    expect(JSON.parse(call.stdout)).toEqual({ status: "SERVING" });
  },
);

test("buf curl lists and calls the services without their proto files", async () => {
  const { port } = await serve();
  const buf = fileURLToPath(new URL("../../node_modules/.bin/buf", import.meta.url));
  const curl = (...args: string[]) =>
    run(buf, "curl", "--http2-prior-knowledge", "--protocol", "grpc", ...args);
  const list = await curl("--list-services", `http://127.0.0.1:${port}`);
  expect(list.stdout.trim().split("\n")).toEqual([
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
  ]);
  const call = await curl(`http://127.0.0.1:${port}/grpc.health.v1.Health/Check`);
  expect(JSON.parse(call.stdout)).toEqual({ status: "SERVING" });
});
