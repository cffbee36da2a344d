/** What every call goes through: who may call, what errors become, what is noted. */
import type { DescMethod } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import { DomainError } from "../domain/errors.js";
import { isOwnOrAllowedOrigin } from "../service/origin.js";
import { beginReport, hasNoSideEffects, NO_NAMES, namesOf, type RpcRecord } from "./call-report.js";
import { resolvedIn } from "./resolved.js";
import type { UnreadableCall } from "./strict-router.js";

/** Turns what a handler throws into the error that the caller sees, and reports the call. */
export function errorInterceptor(report: ((record: RpcRecord) => void) | undefined): Interceptor {
  return (next) => async (request) => {
    const call = beginReport(report, request.method, () => request.header.get("x-request-id"));
    let names = namesOf(request.message);
    try {
      const noting = (first: object): void => {
        names = namesOf(first);
      };
      const response = await next(
        request.stream ? { ...request, message: noted(request.message, noting) } : request,
      );
      if (response.stream) {
        const done = () => call.ok(names);
        const failed = (error: unknown) => call.failed(names, error);
        return { ...response, message: reported(response.message, done, failed) };
      }
      call.ok(names, resolvedIn(response.message));
      return response;
    } catch (error) {
      throw call.failed(names, error);
    }
  };
}

export function reportUnreadable(report: ((record: RpcRecord) => void) | undefined): UnreadableCall {
  return (method: DescMethod, header, durationMs) =>
    report?.({
      service: method.parent.typeName,
      method: method.name,
      write: !hasNoSideEffects(method),
      stream: false,
      code: "unreadable",
      ...NO_NAMES,
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
  done: () => void,
  failed: (error: unknown) => unknown,
): AsyncGenerator<T> {
  let fine = true;
  try {
    yield* messages;
  } catch (error) {
    fine = false;
    throw failed(error);
  } finally {
    if (fine) done();
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
