/** What is told of a call when it is done, and what its caller is told when it failed. */
import { randomUUID } from "node:crypto";
import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { DomainError } from "../domain/errors.js";
import { internalError, toConnectError } from "./errors.js";
import type { Resolved } from "./resolved.js";

/** A finished call, for logs. */
export interface RpcRecord {
  service: string;
  method: string;
  /** Whether it can have written. */
  write: boolean;
  /** Whether either side sent several messages, and so took its time. */
  stream: boolean;
  /** `ok`, the code of a DomainError, the Connect code in snake case, or `unreadable` for what no interceptor got to see. */
  code: string;
  /** As the request names them, where it does; of a resolve that was answered, see `resolved`. */
  registry: string | undefined;
  profile: string | undefined;
  requestId: string | undefined;
  durationMs: number;
  /** Of a resolve that was answered. */
  resolved?: Resolved | undefined;
  /** Only of internal errors. */
  cause?: unknown;
}

/** Of a call that begins now. */
export interface CallReport {
  ok(names: DocumentNames, resolved?: Resolved): void;
  /** Answers the error for the caller. */
  failed(names: DocumentNames, error: unknown): ConnectError;
}

export type DocumentNames = Pick<RpcRecord, "registry" | "profile">;

export const NO_NAMES: DocumentNames = { registry: undefined, profile: undefined };

export function beginReport(
  report: ((record: RpcRecord) => void) | undefined,
  method: DescMethod,
  givenId: () => string | null | undefined,
): CallReport {
  const start = performance.now();
  const done = (
    { registry, profile }: DocumentNames,
    code: string,
    more: Pick<RpcRecord, "resolved" | "cause"> & { requestId?: string } = {},
  ): void =>
    report?.({
      service: method.parent.typeName,
      method: method.name,
      write: !hasNoSideEffects(method),
      stream: method.methodKind !== "unary",
      code,
      registry,
      profile,
      requestId: givenId() ?? undefined,
      durationMs: performance.now() - start,
      ...more,
    });
  return {
    ok: (names, resolved) => done(names, "ok", { resolved }),
    failed(names, error) {
      if (error instanceof DomainError) {
        done(names, error.code, error.code === "data_loss" ? { cause: error.cause } : {});
        return toConnectError(error);
      }
      if (error instanceof ConnectError && error.code !== Code.Internal) {
        done(names, Code[error.code]?.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase() ?? "unknown");
        return error;
      }
      const requestId = givenId() ?? randomUUID();
      done(names, "internal", { cause: error, requestId });
      return internalError(requestId);
    },
  };
}

export function hasNoSideEffects({ idempotency }: Pick<DescMethod, "idempotency">): boolean {
  return idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}

/** A message names a document by slug, or carries it. */
export function namesOf(message: object): DocumentNames {
  const { registry, profile, slug, rollout } = message as {
    registry?: unknown;
    profile?: unknown;
    slug?: unknown;
    rollout?: { registry?: unknown };
  };
  return { registry: nameOf(registry ?? rollout?.registry), profile: nameOf(slug) ?? nameOf(profile) };
}

function nameOf(value: unknown): string | undefined {
  const name = typeof value === "object" && value !== null ? (value as { slug?: unknown }).slug : value;
  return typeof name === "string" && name !== "" ? name.slice(0, 128) : undefined;
}
