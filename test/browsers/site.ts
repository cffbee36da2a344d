/** Another web site on this machine: it shows the pages that a test wants. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

export interface Site {
  /** `http://127.0.0.1:PORT`: another origin than the service's, and for cookies the same site. */
  origin(): string;
  /** `http://localhost:PORT`: for cookies another site too. */
  localhost(): string;
}

/** One for all tests of a `describe`. */
export function sharedSite(): Site {
  let server: Server | undefined;
  let port = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? "/", "http://site.invalid");
      const to = searchParams.get("to");
      // 307 keeps method and body.
      if (to !== null) response.writeHead(307, { location: to }).end();
      else {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.end(`<!doctype html><title>A page</title>${searchParams.get("html") ?? ""}`);
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });
  return { origin: () => `http://127.0.0.1:${port}`, localhost: () => `http://localhost:${port}` };
}

/** The address of a page with this body on a site. */
export function pageWith(origin: string, html: string): string {
  return `${origin}/?html=${encodeURIComponent(html)}`;
}

/** An address on a site that redirects to `url`. */
export function redirectTo(origin: string, url: string): string {
  return `${origin}/?to=${encodeURIComponent(url)}`;
}
