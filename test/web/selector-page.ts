/** A page with a selector, on the origin of a service and under a CSP that allows nothing inline and nothing evaluated. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import type { ConsoleMessage, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";

const WEB = new URL("../../web/", import.meta.url);
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; require-trusted-types-for 'script'";

export interface PageOf {
  /** Of the body. */
  html: string;
  /** Whether the page itself loads the element. Default true. */
  defined?: boolean;
  dir?: "ltr" | "rtl";
  /** Whether the system's theme is dark. */
  dark?: boolean;
  /** Of a module that runs after the element is defined. */
  script?: string;
}

/** A page as if its browser had never been used; the test fails where it breaks the CSP of what is shown. */
export async function freshPage(page: Page): Promise<Page> {
  await page.unrouteAll();
  await page.context().clearCookies();
  const refused: string[] = [];
  const listen = (message: ConsoleMessage) => {
    if (message.text().includes("Content Security Policy")) refused.push(message.text());
  };
  page.on("console", listen);
  onTestFinished(() => {
    page.off("console", listen);
    expect(refused).toEqual([]);
  });
  return page;
}

/** Answers for the page, at `/page` of the service. */
export async function servePage(page: Page, url: string, shown: PageOf): Promise<void> {
  const { html, dir, dark, script, defined = true } = shown;
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
  const scripts = [...(defined ? ["/selector.js"] : []), ...(script === undefined ? [] : ["/page.js"])]
    .map((src) => `<script type="module" src="${src}"></script>`)
    .join("");
  await serveText(page, `${url}/page`, "text/html", document({ html, dir, scripts }));
  await serveText(page, `${url}/page.css`, "text/css", STYLE);
  await serveText(page, `${url}/page.js`, "text/javascript", script ?? "");
  bundle ??= bundleOf("selector/index.ts");
  await serveText(page, `${url}/selector.js`, "text/javascript", await bundle);
}

let bundle: Promise<string> | undefined;

/** All of an entry point of `web/` as one module, as small as it gets. */
export async function bundleOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, WEB))],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

const STYLE = `body { font-family: system-ui; margin: 24px; color-scheme: light dark;
  background: light-dark(#f6f7fb, #12151c); color: light-dark(#222, #ddd); }`;

function document({
  html,
  dir,
  scripts,
}: {
  html: string;
  dir: string | undefined;
  scripts: string;
}): string {
  return `<!doctype html><html lang="en" dir="${dir ?? "ltr"}"><head><title>Chat</title>
    <link rel="stylesheet" href="/page.css">${scripts}</head><body><main><h1>Chat</h1>${html}</main></body></html>`;
}

async function serveText(page: Page, url: string, contentType: string, body: string): Promise<void> {
  const headers = { "content-security-policy": CSP };
  await page.route(url, (route) =>
    route.fulfill({ contentType: `${contentType}; charset=utf-8`, headers, body }),
  );
}

/** The modules of `web/`, each as a file of its own below `base`: as they are in the package. */
export async function serveModules(page: Page, base: string): Promise<void> {
  await page.route(`${base}**`, async (route) => {
    const body = await moduleOf(route.request().url().slice(base.length));
    await route.fulfill({ contentType: "text/javascript", body });
  });
}

const modules = new Map<string, Promise<string>>();

/** Types are taken out, as the build does; nothing is bundled. */
function moduleOf(path: string): Promise<string> {
  let made = modules.get(path);
  if (made === undefined) {
    const file = fileURLToPath(new URL(path.replace(/\.js$/, ".ts"), WEB));
    made = readFile(file, "utf8").then(
      async (text) => (await transform(text, { loader: "ts", target: "es2022" })).code,
    );
    modules.set(path, made);
  }
  return made;
}

let axe: Promise<string> | undefined;

/** What axe-core finds wrong with a page, shadow roots too: `rule: selector, …`. `rules`: only these. */
export async function violations(page: Page, ...rules: string[]): Promise<string[]> {
  axe ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(await axe);
  const options = JSON.stringify(rules.length === 0 ? {} : { runOnly: rules });
  const { violations: found } = (await page.evaluate(`axe.run(document, ${options})`)) as {
    violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[];
  };
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${String(target)} ${failureSummary}`).join(", ")}`,
  );
}
