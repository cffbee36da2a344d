/** Connect's conformance suite, from its Go module: the program that runs it, and its protos. None of it is kept here. */
import { readFile } from "node:fs/promises";
import { create, createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import {
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel,
  MethodOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { type Outcome, shell } from "../clients/shell.js";

const MODULE = "connectrpc.com/conformance";
/** A later one wants a later Go. */
const VERSION = "v1.0.6";
const PACKAGE = "connectrpc.conformance.v1";

export interface Suite {
  /** Runs the cases. */
  program: string;
  protos: FileDescriptorSet;
}

/** Puts the suite into `directory`. Answers what went wrong where it cannot. */
export async function obtainSuite(directory: string, signal: AbortSignal): Promise<Suite | Outcome> {
  const outcome = await shell(
    `GOBIN=$PWD go install ${MODULE}/cmd/connectconformance@${VERSION}
    buf build "$(go list -m -f '{{.Dir}}' ${MODULE}@${VERSION})/proto" -o protos.binpb`,
    { cwd: directory, signal },
  );
  if (outcome.code !== 0) return outcome;
  const protos = fromBinary(FileDescriptorSetSchema, await readFile(`${directory}/protos.binpb`));
  return { program: `${directory}/connectconformance`, protos };
}

/** `unaryReads`: with the unary call marked as one without side effects, which it is. The lean path answers no others. */
export function typesOf({ protos }: Suite, { unaryReads }: { unaryReads: boolean }): FileRegistry {
  const services = protos.file.flatMap(({ service }) => service);
  const unary = services.flatMap(({ method }) => method).find(({ name }) => name === "Unary");
  if (unaryReads && unary !== undefined) {
    unary.options = create(MethodOptionsSchema, {
      idempotencyLevel: MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
    });
  }
  return createFileRegistry(protos);
}

export function messageOf(types: FileRegistry, name: string) {
  return found(types.getMessage(`${PACKAGE}.${name}`), name);
}

export function serviceOf(types: FileRegistry) {
  return found(types.getService(`${PACKAGE}.ConformanceService`), "ConformanceService");
}

function found<T>(type: T | undefined, name: string): T {
  if (type === undefined) throw new TypeError(`the suite has no ${name}`);
  return type;
}
