/** Calls byte by byte, over each protocol of Connect's handlers, and what became of them. */
import type { Code } from "@connectrpc/connect";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import type { HttpClient } from "./http-client.js";

export type Encoding = "proto" | "json";
export interface Protocol {
  name: string;
  type(encoding: Encoding): string;
  enveloped: boolean;
}

export const CONNECT: Protocol = {
  name: "Connect",
  type: (encoding) => `application/${encoding}`,
  enveloped: false,
};
export const CONNECT_STREAM: Protocol = {
  name: "Connect stream",
  type: (encoding) => `application/connect+${encoding}`,
  enveloped: true,
};
export const GRPC: Protocol = {
  name: "gRPC",
  type: (encoding) => `application/grpc+${encoding}`,
  enveloped: true,
};
export const GRPC_WEB: Protocol = {
  name: "gRPC-Web",
  type: (encoding) => `application/grpc-web+${encoding}`,
  enveloped: true,
};
export const PROTOCOLS = [CONNECT, CONNECT_STREAM, GRPC, GRPC_WEB];

/** A message in an envelope; `length` is what the envelope says of it. */
export function envelope(message: string | Uint8Array, flags = 0, length?: number): Buffer {
  const bytes = Buffer.from(message);
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(length ?? bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

export interface CallOutcome {
  /** Of HTTP. */
  status: number;
  /** Undefined where the answer is none of the protocol, such as a 415. */
  code: Code | "ok" | undefined;
  message: string;
}

export interface Call {
  path: string;
  protocol: Protocol;
  encoding: Encoding;
  /** As it goes out, in its envelope where the protocol has them. */
  body: string | Uint8Array;
  headers?: Record<string, string>;
}

/** Over HTTP/1.1 too, whose trailers can carry gRPC. */
export async function call(
  client: HttpClient,
  { path, protocol, encoding, body, headers }: Call,
): Promise<CallOutcome> {
  const type = protocol.type(encoding);
  const answer = await client({ method: "POST", path, headers: { "content-type": type, ...headers }, body });
  return outcomeOf(protocol, answer);
}

function outcomeOf(protocol: Protocol, answer: Awaited<ReturnType<HttpClient>>): CallOutcome {
  const { status, text, trailers } = answer;
  switch (protocol) {
    case CONNECT: {
      if (status === 200) return { status, code: "ok", message: "" };
      return { status, ...errorOf(text) };
    }
    case CONNECT_STREAM: {
      // The last envelope, flagged 2 and shorter than 64 KiB, holds JSON.
      const last = text.lastIndexOf("\u0002\0\0");
      const end = last === -1 ? "{}" : text.slice(text.indexOf("{", last + 5));
      const { error } = (status === 200 ? JSON.parse(end) : {}) as { error?: unknown };
      if (status === 200 && error === undefined) return { status, code: "ok", message: "" };
      return { status, ...errorOf(JSON.stringify(error)) };
    }
    default: {
      const inBody = [...text.matchAll(/(grpc-[\w-]+): (.*)\r\n/g)].map(([, name, value]) => [name, value]);
      const trailer = protocol === GRPC ? trailers : (Object.fromEntries(inBody) as NodeJS.Dict<string>);
      const code = trailer["grpc-status"];
      if (code === undefined) return { status, code, message: text };
      const message = decodeURIComponent(trailer["grpc-message"] ?? "");
      return { status, code: code === "0" ? "ok" : (Number(code) as Code), message };
    }
  }
}

function errorOf(text: string): Pick<CallOutcome, "code" | "message"> {
  try {
    const {
      code,
      message = "",
      detail,
    } = JSON.parse(text) as { code?: string; message?: string; detail?: string };
    return { code: code === undefined ? undefined : codeFromString(code), message: detail ?? message };
  } catch {
    return { code: undefined, message: text };
  }
}
