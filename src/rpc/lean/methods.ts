/** Which methods the lean path answers: the unary ones without side effects, of any service. */
import type { IncomingHttpHeaders } from "node:http";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type {
  ConnectRouter,
  HandlerContext,
  Interceptor,
  UnaryRequest,
  UnaryResponse,
} from "@connectrpc/connect";
import {
  createMethodSerializationLookup,
  type MethodSerializationLookup,
} from "@connectrpc/connect/protocol";
import { STRICT_JSON } from "../strict-router.js";
import type { LeanCall } from "./call.js";
import { beforeDeadline } from "./deadline.js";

/** None, as the stock adapter has it. */
const MAX_ANSWER_BYTES = 0xffff_ffff;

/**
 * Answers a call itself, from bytes to bytes (a character each), with what interceptors would do; undefined where the call is
 * one for the handler. Throws ConnectErrors for refusals; where it throws anything else, the call is the stock adapter's.
 */
export type DirectMethod = (call: DirectCall) => Promise<string | undefined>;

export interface DirectCall {
  readonly bytes: Uint8Array;
  readonly binary: boolean;
  readonly headers: IncomingHttpHeaders;
  /** From now, in ms. */
  readonly deadlineMs: number | undefined;
  /** Throws where it cannot be decoded. */
  decode(): Message;
}

export interface LeanMethod {
  readonly method: DescMethodUnary;
  readonly serialization: MethodSerializationLookup<DescMessage, DescMessage>;
  readonly direct: DirectMethod | undefined;
  /** What the handler answers, through all interceptors. Throws what they throw. */
  run(call: LeanCall): Promise<Message>;
}

/** By path, of those that `routes` would give to a Connect adapter. */
export function leanMethods(
  routes: (router: ConnectRouter) => void,
  maxBodyBytes: number,
  direct: ReadonlyMap<string, DirectMethod> = new Map(),
): ReadonlyMap<string, LeanMethod> {
  const methods = new Map<string, LeanMethod>();
  const limits = { readMaxBytes: maxBodyBytes, writeMaxBytes: MAX_ANSWER_BYTES };
  routes({
    handlers: [],
    service(service, implementation, options) {
      for (const method of service.methods) {
        const handler = implementation[method.localName] as Handler | undefined;
        if (handler === undefined || !isUnaryRead(method)) continue;
        const { binaryOptions, jsonOptions = STRICT_JSON } = options ?? {};
        const path = `/${service.typeName}/${method.name}`;
        methods.set(path, {
          method,
          direct: direct.get(path),
          serialization: createMethodSerializationLookup(method, binaryOptions, jsonOptions, limits),
          run: runner(method, handler.bind(implementation), options?.interceptors ?? []),
        });
      }
      return this;
    },
    rpc() {
      return this;
    },
  });
  return methods;
}

function isUnaryRead(method: DescMethod): method is DescMethod & DescMethodUnary {
  return (
    method.methodKind === "unary" && method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS
  );
}

type Handler = (
  message: Message,
  context: HandlerContext,
) => MessageInitShape<DescMessage> | Promise<MessageInitShape<DescMessage>>;

function runner(method: DescMethodUnary, handler: Handler, interceptors: readonly Interceptor[]) {
  const innermost = async (request: UnaryRequest): Promise<UnaryResponse> => {
    // An interceptor may have copied the call, never made another.
    const call = request as unknown as LeanCall;
    const answered = handler(request.message, call);
    const init = await (call.deadlineMs === undefined ? answered : beforeDeadline(answered, call.deadlineMs));
    return {
      stream: false,
      service: method.parent,
      method,
      message: create(method.output, init),
      get header() {
        return call.responseHeader;
      },
      get trailer() {
        return call.responseTrailer;
      },
    };
  };
  const outermost = interceptors.reduceRight<Parameters<Interceptor>[0]>(
    (next, interceptor) => interceptor(next),
    innermost as Parameters<Interceptor>[0],
  );
  return async (call: LeanCall): Promise<Message> => (await outermost(call)).message as Message;
}
