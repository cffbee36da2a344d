/** What every call goes through: who may call, what errors become, what is noted. */
import { randomUUID } from "node:crypto";
import type { Message } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { DomainError } from "../domain/errors.js";
import { isOwnOrAllowedOrigin } from "../service/origin.js";
import { internalError, toConnectError } from "./errors.js";
import type { UnreadableCall } from "./strict-router.js";

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
  /** As the request names them, where it does. */
  registry: string | undefined;
  profile: string | undefined;
  requestId: string | undefined;
  durationMs: number;
  /** Of a call with one answer, once it has that. */
  answer?: Message;
  /** Only of internal errors. */
  cause?: unknown;
}

/** Turns what a handler throws into the error that the caller sees, and reports the call. */
export function errorInterceptor(report: ((record: RpcRecord) => void) | undefined): Interceptor {
  return (next) => async (request) => {
    const start = performance.now();
    let names = namesOf(request.message);
    let answer: Message | undefined;
    const done = (code: string, requestId?: string, cause?: unknown): void =>
      report?.({
        service: request.service.typeName,
        method: request.method.name,
        write: !hasNoSideEffects(request.method),
        stream: request.method.methodKind !== "unary",
        code,
        ...names,
        requestId: requestId ?? request.header.get("x-request-id") ?? undefined,
        durationMs: performance.now() - start,
        ...(answer === undefined ? {} : { answer }),
        ...(cause === undefined ? {} : { cause }),
      });
    const failed = (error: unknown): unknown => {
      if (error instanceof DomainError) {
        done(error.code, undefined, error.code === "data_loss" ? error.cause : undefined);
        return toConnectError(error);
      }
      if (error instanceof ConnectError && error.code !== Code.Internal) {
        done(Code[error.code]?.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase() ?? "unknown");
        return error;
      }
      const requestId = request.header.get("x-request-id") ?? randomUUID();
      done("internal", requestId, error);
      return internalError(requestId);
    };
    try {
      const noting = (first: object): void => {
        names = namesOf(first);
      };
      const response = await next(
        request.stream ? { ...request, message: noted(request.message, noting) } : request,
      );
      if (response.stream) return { ...response, message: reported(response.message, done, failed) };
      answer = response.message;
      done("ok");
      return response;
    } catch (error) {
      throw failed(error);
    }
  };
}

export function reportUnreadable(report: ((record: RpcRecord) => void) | undefined): UnreadableCall {
  return (method, header, durationMs) =>
    report?.({
      service: method.parent.typeName,
      method: method.name,
      write: !hasNoSideEffects(method),
      stream: false,
      code: "unreadable",
      registry: undefined,
      profile: undefined,
      requestId: header.get("x-request-id") ?? undefined,
      durationMs,
    });
}

/** What a stream of requests is about, its first message tells. */
async function* noted<T extends object>(
  messages: AsyncIterable<T>,
  note: (first: T) => void,
): AsyncGenerator<T> {
  let first = true;
  for await (const message of messages) {
    if (first) note(message);
    first = false;
    yield message;
  }
}

/** A stream is done, or has failed, when its last message was taken. One that its caller leaves is done too. */
async function* reported<T>(
  messages: AsyncIterable<T>,
  done: (code: string) => void,
  failed: (error: unknown) => unknown,
): AsyncGenerator<T> {
  let code: string | undefined = "ok";
  try {
    yield* messages;
  } catch (error) {
    code = undefined;
    throw failed(error);
  } finally {
    if (code !== undefined) done(code);
  }
}

/** A browser's page on another origin may not write (spec 2.5). */
export function originInterceptor(allowed: ReadonlySet<string>): Interceptor {
  return (next) => (request) => {
    const origin = request.header.get("origin");
    if (
      origin !== null &&
      !hasNoSideEffects(request.method) &&
      !isOwnOrAllowedOrigin(origin, new URL(request.url).host, allowed)
    ) {
      throw new DomainError("forbidden", "writes from this origin are not allowed");
    }
    return next(request);
  };
}

/** A message names a document by slug, or carries it. */
function namesOf(message: object): Pick<RpcRecord, "registry" | "profile"> {
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

function hasNoSideEffects(method: { idempotency: MethodOptions_IdempotencyLevel }): boolean {
  return method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}
