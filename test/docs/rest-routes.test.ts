/** The table of routes in docs/rest.md is what the plugin serves. */
import Fastify from "fastify";
import { expect, it } from "vitest";
import { openCore } from "../../src/app.js";
import { readConfig } from "../../src/config.js";
import { restPlugin } from "../../src/rest/plugin.js";
import { readDocument, tableRows } from "./markdown.js";

const DOCUMENTED = ["GET", "POST", "PATCH", "DELETE"];

it("lists every route and method of the plugin, and no other", async () => {
  const core = await openCore(readConfig({ "log-level": "silent" }, {}));
  const served = new Set<string>();
  const app = Fastify({ exposeHeadRoutes: false });
  // What is refused with 405 is a route of Fastify's too.
  app.addHook("onRoute", ({ url, method, exposeHeadRoute }) => {
    if (url.endsWith("/") || exposeHeadRoute === false) return;
    for (const one of [method].flat()) served.add(`${one} ${url.replace(/:(\w+)/g, "{$1}")}`);
  });
  await app.register(restPlugin, { services: core.services });
  await app.close();
  await core.close();

  const rows = tableRows(readDocument("docs/rest.md"), "route").flatMap(([route = "", methods = ""]) =>
    methods.split(", ").map((method) => `${method.replaceAll("`", "")} ${route}`),
  );
  expect(rows.sort()).toEqual(
    [...served].filter((route) => DOCUMENTED.includes(route.split(" ")[0]!)).sort(),
  );
});

it("has a section for each of them", () => {
  const text = readDocument("docs/rest.md");
  for (const [route = "", methods = ""] of tableRows(text, "route")) {
    if (route === "/resolve/{profile}") continue;
    for (const method of methods.replaceAll("`", "").split(", ")) {
      expect(text).toContain(`\n### ${method} ${route}\n`);
    }
  }
});
