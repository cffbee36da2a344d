/** The examples of docs/browser.md do what it says they do. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { createProfileClient } from "../../web/client/index.js";
import { describeInChromium } from "../browsers/chromium.js";
import { readDocument } from "../docs/markdown.js";
import { serverForTest } from "../support/server.js";
import { serveModules } from "./selector-page.js";

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** An example as a page loads it, with the package's entry points taken from here. */
async function bundled(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileOf(path)],
    bundle: true,
    format: "esm",
    write: false,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    alias: {
      "profile-registry/browser": fileOf("web/client/index.ts"),
      "profile-registry/selector": fileOf("web/selector/index.ts"),
    },
  });
  return outputFiles[0]?.text ?? "";
}

test("the guide names every method of the client", () => {
  const text = readDocument("docs/browser.md");
  const methods = Object.entries(createProfileClient()).filter(([, value]) => typeof value === "function");
  expect(methods.map(([name]) => name).filter((name) => !text.includes(`\`${name}`))).toEqual([]);
});

test("the client's example lists, changes, and is refused what is out of date", async () => {
  const { url } = await serverForTest();
  const code = Buffer.from(await bundled("examples/browser-client.js")).toString("base64");
  const { describeProfiles } = (await import(`data:text/javascript;base64,${code}`)) as {
    describeProfiles(options: { baseUrl: string }): Promise<unknown>;
  };
  expect(await describeProfiles({ baseUrl: url })).toEqual({
    names: ["agent", "default"],
    version: 2,
    refused: 'profile "agent" version conflict: expected=1 actual=2',
  });
});

describeInChromium("the pages of the guide", (chromium) => {
  const openOn = async (url: string, html: string): Promise<Page> => {
    const page = await chromium.open(`${url}/healthz`);
    await page.route(`${url}/page`, (route) => route.fulfill({ contentType: "text/html", body: html }));
    await serveModules(page, `${url}/profile-registry/`);
    await page.goto(`${url}/page`);
    return page;
  };

  test("the plain page, without any bundler: suggestions, turns, and a profile that is gone", async () => {
    const { url } = await serverForTest();
    const client = createProfileClient({ baseUrl: url });
    const helper = await client.createProfile({
      slug: "helper",
      display_name: "Helper",
      extensions: { "webchat.starter_suggestions@v1": { items: ["Where is my order?"] } },
    });
    const page = await openOn(url, readFileSync(fileOf("examples/selector.html"), "utf8"));
    await page.getByRole("button", { name: "Default" }).click();
    await page.getByRole("option", { name: "Helper" }).click();
    await page.getByRole("button", { name: "Where is my order?" }).click();
    expect(await page.getByRole("textbox", { name: "Message" }).inputValue()).toBe("Where is my order?");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("answered with helper").waitFor();
    await client.deleteProfile(helper);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("profile not found: helper").waitFor();
    await page.getByText("The profile “Helper” is no longer there.").waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("answered with default").waitFor();
  });

  test("the one with React: the selection is state of a component", async () => {
    const { url } = await serverForTest();
    const code = await bundled("examples/selector-react.jsx");
    const page = await openOn(url, '<div id="root"></div>');
    const said: string[] = [];
    page.on("console", (message) => message.type() === "log" && said.push(message.text()));
    await page.addScriptTag({ type: "module", content: code });
    await page.getByText("The next turn runs with default.").waitFor();
    await page.getByRole("button", { name: "Default" }).click();
    await page.getByRole("option", { name: "Agent" }).click();
    await page.getByText("The next turn runs with agent.").waitFor();
    expect(said).toEqual(["default", "agent"]);
  });
});
