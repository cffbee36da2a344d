/** The console under `/console/` (spec 7.4): files that the build has made, and nothing that is not theirs. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { DomainError } from "../domain/errors.js";

const PREFIX = "/console";
const ASSET = /^\w[\w.-]*$/;

/** Nothing inline, nothing compiled or parsed from text, nothing from elsewhere: what is stored can be shown, but never run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

/** `directory`: where the build has put the console. Default `dist/console` of this package. */
export async function addConsole(app: FastifyInstance, directory = findBuild()): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook("onRequest", async (_request, reply) => {
      void reply.headers(HEADERS);
    });
    scope.get(PREFIX, async (_request, reply) => reply.redirect(`${PREFIX}/`, 308));
    if (directory === undefined) {
      scope.get(`${PREFIX}/*`, async () => {
        throw new DomainError("not_found", "this build has no console (npm run build:console)");
      });
      return;
    }
    await scope.register(fastifyStatic, {
      root: directory,
      serve: false,
      preCompressed: true,
      cacheControl: false,
    });
    // Their names hold a hash of what is in them.
    scope.get<{ Params: { file: string } }>(`${PREFIX}/assets/:file`, (request, reply) => {
      const { file } = request.params;
      if (!ASSET.test(file)) return reply.callNotFound();
      return reply.header("cache-control", "public, max-age=31536000, immutable").sendFile(`assets/${file}`);
    });
    // Every view has a URL, and the page itself knows which.
    scope.get(`${PREFIX}/*`, (_request, reply) =>
      reply.header("cache-control", "no-cache").sendFile("index.html"),
    );
  });
}

function findBuild(): string | undefined {
  // Compiled files lie beside it, sources do not.
  const places = ["../../console", "../../dist/console"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return places.find((path) => existsSync(`${path}/index.html`));
}
