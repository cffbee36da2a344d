/** The REST API of spec 2.5 as a Fastify plugin: `app.register(restPlugin, { prefix: "/api/chat", services })`. */
import type { FastifyPluginAsync } from "fastify";
import { DomainError } from "../domain/errors.js";
import { DEFAULT_MAX_IMPORT_BYTES } from "../service/import-text.js";
import { acceptOnlyJson } from "./body.js";
import { currentProfileResource } from "./current-profile.js";
import { acceptOnlyFiles } from "./file-body.js";
import { historyResources } from "./history.js";
import { exportResource, importResource } from "./import-export.js";
import type { RestOptions } from "./options.js";
import { sendProblem } from "./problem.js";
import { profileResources } from "./profiles.js";
import { registryResources } from "./registries.js";
import { resolveResources } from "./resolve.js";
import { rolloutResources } from "./rollouts.js";
import { addResource } from "./route.js";
import { schemaResources } from "./schemas.js";

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

/** Keeps to its own scope: parsers, errors and unknown routes of the app around it stay as they are. */
export const restPlugin: FastifyPluginAsync<RestOptions> = async (app, options) => {
  acceptOnlyJson(app, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
  app.setErrorHandler(sendProblem);
  const noSuchRoute = new DomainError("not_found", "no such route");
  app.setNotFoundHandler((request, reply) => sendProblem(noSuchRoute, request, reply));
  // Before the body is looked at: what is wrong is the path.
  app.addHook("onRequest", (request, _reply, done) => done(request.is404 ? noSuchRoute : undefined));
  const allowedOrigins = new Set(options.allowedOrigins);
  const resources = [
    ...profileResources(options),
    ...historyResources(options),
    currentProfileResource(options),
    ...schemaResources(options),
    ...registryResources(options),
    ...resolveResources(options),
    ...rolloutResources(options),
    exportResource(options),
  ];
  for (const resource of resources) addResource(app, resource, allowedOrigins);
  await app.register(async (files) => {
    acceptOnlyFiles(files, options.maxImportBytes ?? DEFAULT_MAX_IMPORT_BYTES);
    addResource(files, importResource(options), allowedOrigins);
  });
};
