/** A server that answers as ours does not: busy, of an older generation, or no API at all. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface StandInAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON, or as it is where it is text. */
  body?: unknown;
}

export interface StandIn {
  url: string;
  /** What reached it: `GET /api/chat/profiles?limit=1`. */
  asked: string[];
  headers: IncomingHttpHeaders[];
}

/** One for a test; `answer` is asked for each request, with how many there were before. */
export async function standIn(answer: (asked: string, before: number) => StandInAnswer): Promise<StandIn> {
  const asked: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    const { status = 200, headers: head = {}, body = "" } = answer(line, asked.length);
    asked.push(line);
    headers.push(request.headers);
    request.resume();
    response.writeHead(status, { "content-type": "application/json", ...head });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, headers };
}
