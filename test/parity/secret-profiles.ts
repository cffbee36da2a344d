/** Profiles that hold secrets in settings and in a middleware's config. */
import type { CatalogDefinition, JsonObject } from "../../src/index.js";
import { create } from "./operations.js";

export const SHOWN = "<redacted>";
export const MAIL: CatalogDefinition = {
  kind: "middleware",
  name: "mail",
  version: 1,
  display_name: "Mail",
  description: "Sends mail.",
  schema: {
    type: "object",
    properties: { host: { type: "string" }, password: { type: "string" }, relays: { type: "array" } },
  },
};
export const KEY = "middleware.mail_config@v1";
export const overrides = { definitions: [MAIL] };

export const settings = (fields: JsonObject): JsonObject => ({
  runtime: { step_settings_patch: { chat: fields } },
});
export const mail = (config?: JsonObject): JsonObject => ({
  runtime: { middlewares: [{ name: "mail", id: "m", ...(config ? { config } : {}) }] },
});
export const slot = (config: JsonObject): JsonObject => ({
  extensions: { [KEY]: { instances: { "id:m": config } } },
});

export const withSettings = create("a", settings({ "api-key": "k1", model: "m" }));
export const withConfig = create(
  "a",
  mail({ host: "h", password: "p1", relays: [{ host: "r", password: "p2" }] }),
);
