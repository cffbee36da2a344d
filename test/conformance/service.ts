/** The suite's ConformanceService: its handlers do what each request says, and answer what they saw. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethod, FileRegistry, Message } from "@bufbuild/protobuf";
import { type Any, anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { type Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { STRICT_JSON } from "../../src/rpc/strict-router.js";
import { messageOf, serviceOf } from "./suite.js";

/** Of the suite's messages, what is used here. */
interface NamedValues {
  name: string;
  value: string[];
}

interface SuiteError {
  code: Code;
  message?: string;
  details: Any[];
}

interface Definition {
  responseHeaders: NamedValues[];
  responseTrailers: NamedValues[];
  responseDelayMs: number;
}

interface UnaryDefinition extends Definition {
  response:
    | { case: "responseData"; value: Uint8Array }
    | { case: "error"; value: SuiteError }
    | { case: undefined; value?: undefined };
}

interface StreamDefinition extends Definition {
  responseData: Uint8Array[];
  error?: SuiteError;
}

type Info = ReturnType<typeof infoOf>;

type Request<D extends Definition> = Message & { responseDefinition?: D; fullDuplex?: boolean };

/**
 * Without our own interceptors: they hide what an internal error says, which the suite wants to see. Any in JSON needs to know
 * the types.
 */
export function conformanceRoutes(types: FileRegistry): (router: ConnectRouter) => void {
  const requestInfo = messageOf(types, "ConformancePayload.RequestInfo");

  const refusal = ({ code, message = "", details }: SuiteError, info: Info | undefined): ConnectError => {
    const given = details.map((detail) => anyUnpack(detail, types)!);
    const error = new ConnectError(message, code);
    for (const value of given) error.details.push({ desc: types.getMessage(value.$typeName)!, value });
    if (info !== undefined) error.details.push({ desc: requestInfo, value: info });
    return error;
  };

  const answerOne = async (
    definition: UnaryDefinition | undefined,
    requests: Any[],
    context: HandlerContext,
  ) => {
    const info = infoOf(context, requests);
    if (definition === undefined) return { payload: { requestInfo: info } };
    setHeaders(definition, context);
    if (definition.responseDelayMs > 0) await sleep(definition.responseDelayMs);
    const { response } = definition;
    if (response.case === "error") throw refusal(response.value, info);
    return { payload: { requestInfo: info, data: response.value } };
  };

  const unary = (request: Request<UnaryDefinition>, context: HandlerContext) =>
    answerOne(request.responseDefinition, [packed(request, context)], context);

  const handlers = {
    unary,
    idempotentUnary: unary,

    async clientStream(requests: AsyncIterable<Request<UnaryDefinition>>, context: HandlerContext) {
      const seen: Request<UnaryDefinition>[] = [];
      for await (const request of requests) seen.push(request);
      const packs = seen.map((request) => packed(request, context));
      return answerOne(seen[0]?.responseDefinition, packs, context);
    },

    async *serverStream(request: Request<StreamDefinition>, context: HandlerContext) {
      const info = infoOf(context, [packed(request, context)]);
      yield* answerMany(request.responseDefinition, 0, info, context);
    },

    async *bidiStream(requests: AsyncIterable<Request<StreamDefinition>>, context: HandlerContext) {
      let first: Request<StreamDefinition> | undefined;
      let seen: Any[] = [];
      let sent = 0;
      for await (const request of requests) {
        first ??= request;
        seen.push(packed(request, context));
        if (!first.fullDuplex) continue;
        const definition = first.responseDefinition;
        const data = definition?.responseData[sent];
        if (definition === undefined || data === undefined) break;
        if (sent === 0) setHeaders(definition, context);
        await sleep(definition.responseDelayMs);
        yield { payload: { data, requestInfo: sent === 0 ? infoOf(context, seen) : { requests: seen } } };
        seen = [];
        sent += 1;
      }
      yield* answerMany(first?.responseDefinition, sent, infoOf(context, seen), context);
    },
  };

  /** From the answer number `sent` on. */
  async function* answerMany(
    definition: StreamDefinition | undefined,
    sent: number,
    info: Info,
    context: HandlerContext,
  ) {
    if (definition === undefined) return;
    if (sent === 0) setHeaders(definition, context);
    for (let i = sent; i < definition.responseData.length; i++) {
      await sleep(definition.responseDelayMs);
      yield { payload: { data: definition.responseData[i], ...(i === 0 ? { requestInfo: info } : {}) } };
    }
    if (definition.error === undefined) return;
    throw refusal(definition.error, definition.responseData.length === 0 ? info : undefined);
  }

  return (router) => {
    router.service(serviceOf(types), handlers as object, {
      jsonOptions: { ...STRICT_JSON, registry: types },
    });
  };
}

function packed(request: Message, { method }: { method: DescMethod }): Any {
  return anyPack(method.input, request);
}

/** Looks at no more than there is to do: what sets headers is not answered by the lean path. */
function setHeaders({ responseHeaders, responseTrailers }: Definition, context: HandlerContext): void {
  for (const { name, value } of responseHeaders)
    for (const one of value) context.responseHeader.append(name, one);
  for (const { name, value } of responseTrailers)
    for (const one of value) context.responseTrailer.append(name, one);
}

function infoOf({ requestHeader, timeoutMs, requestMethod, url }: HandlerContext, requests: Any[]) {
  const left = timeoutMs();
  return {
    requestHeaders: namedValues(requestHeader),
    requests,
    ...(left === undefined ? {} : { timeoutMs: BigInt(Math.round(left)) }),
    ...(requestMethod === "GET"
      ? { connectGetInfo: { queryParams: namedValues(new URL(url).searchParams) } }
      : {}),
  };
}

function namedValues(pairs: Iterable<[string, string]>): NamedValues[] {
  return Array.from(pairs, ([name, value]) => ({ name, value: [value] }));
}
