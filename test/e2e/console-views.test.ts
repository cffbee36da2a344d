/** What holds for every view of the console (spec 7.4). `openPage` also fails where a policy is broken or a request leaves. */
import type { Locator, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { describeInChromium } from "../browsers/chromium.js";
import { button, consoleOf, expectGoodLooks, lines, part } from "./support/console.js";
import { PHONE } from "./support/page.js";
import { sharedProgram } from "./support/program.js";

type View = readonly [name: string, path: string, shown: (page: Page) => Locator];

/** It has something of everything. */
const RICH = "/registries/rich/profiles/everything";
const VIEWS: readonly View[] = [
  ["registries", "/registries", (page) => page.getByRole("table", { name: "Registries" })],
  ["a registry's settings", "/registries/default/settings", (page) => lines(page, "Processing modes")],
  ["profiles", "/registries/default", (page) => page.getByRole("table", { name: "Profiles" })],
  ["a new profile", "/registries/default/new", (page) => page.getByRole("textbox", { name: "Slug" })],
  ["what is read-only", "/registries/team/profiles/locked", (page) => page.getByText("It is read-only.")],
  ["history", `${RICH}/history`, (page) => lines(page, "Difference of the document, after")],
  ["resolve", "/resolve?registry=default&profile=analyst", (page) => page.getByText("Chosen by")],
  [
    "compare",
    "/compare?left=default/inventory&right=default/analyst",
    (page) => lines(page, "Difference of the document, after"),
  ],
  ["compare, of registries", "/compare?left=default&right=team", (page) => part(page, "Differences")],
  ["rollouts", "/registries/default/rollouts", (page) => part(page, "Rollout of fast")],
  ["a rollout", "/registries/default/rollouts/fast", (page) => part(page, "Latency").locator("canvas")],
  ["log", "/log", (page) => page.getByRole("table", { name: "Log entries" })],
  ["import and export", "/files", (page) => part(page, "Export")],
  ["what is not there", "/nowhere", (page) => page.getByText("Nothing is here")],
];

const PARTS: readonly (readonly [link: string, shown: (page: Page) => Locator])[] = [
  ["General", (page) => page.getByRole("textbox", { name: "Description" })],
  ["Prompt", (page) => lines(page, "System prompt")],
  ["Middlewares", (page) => part(page, "1. Agent Mode")],
  ["Tools", (page) => lines(page, "Tools")],
  ["Settings", (page) => part(page, "Section ai-chat")],
  ["Policy", (page) => page.getByRole("switch", { name: "Read-only" })],
  ["Extensions", (page) => part(page, "Extension webchat.starter_suggestions@v1")],
  ["JSON", (page) => lines(page, "Profile as JSON")],
];

describeInChromium("the console", (chromium) => {
  const program = sharedProgram();
  const { open, registryWith } = consoleOf(chromium, program);

  beforeAll(async () => {
    const client = await registryWith("rich", {
      slug: "everything",
      runtime: {
        system_prompt: "You help.",
        middlewares: [{ name: "agentmode", config: { default_mode: "helper" } }],
        tools: ["orders.search"],
        step_settings_patch: {
          "ai-chat": { "ai-engine": "large", temperature: 0.2, stream: true, stop: [] },
        },
      },
      policy: { allow_overrides: true, denied_override_keys: ["tools"] },
      extensions: { "webchat.starter_suggestions@v1": { items: ["What can you do?"] } },
      metadata: { tags: ["shop"] },
    });
    await client.updateProfile(await client.getProfile("everything"), { display_name: "Everything" });
    const outcome = { mode: "fast", deployment: "local", success: true } as const;
    await program.client().reportOutcomes([
      { ...outcome, resolved_mode: "fast", applied_mode: "fast", latency_ms: 300 },
      { ...outcome, resolved_mode: "default", applied_mode: "default", latency_ms: 700 },
    ]);
  });

  test("comes to its first view in less than 300 kB, and starts with the registries", async () => {
    const page = await open("/");
    await page.getByRole("table", { name: "Registries" }).waitFor();
    expect(page.url()).toBe(`${program.url()}/console/registries`);
    const sizes = await page.evaluate(() =>
      performance
        .getEntries()
        .flatMap((entry) => ("encodedBodySize" in entry ? [entry.encodedBodySize] : [])),
    );
    expect(sizes.length).toBeGreaterThan(4);
    expect(sizes.map(Number).reduce((a, b) => a + b)).toBeLessThan(300_000);
  });

  test.each(VIEWS)("%s: axe finds nothing, light or dark, and it fits a phone", async (_, path, shown) => {
    const page = await open(path);
    await shown(page).first().waitFor();
    await expectGoodLooks(page);
  });

  test("a profile, part by part: axe finds nothing, light or dark, and it fits a phone", async () => {
    const page = await open(RICH);
    for (const [name, shown] of PARTS) {
      const parts = page.getByRole("navigation", { name: "Parts of the profile" });
      await parts.getByRole("link", { name }).click();
      await shown(page).first().waitFor();
      await expectGoodLooks(page);
    }
  });

  test("on a phone the navigation slides in, and goes where it led", async () => {
    const page = await open("/registries", PHONE);
    await button(page, "Navigation").click();
    await page.getByRole("link", { name: "Rollouts" }).click();
    await part(page, "Rollout of fast").waitFor();
    await expect.poll(() => page.getByRole("link", { name: "Compare" }).isVisible()).toBe(false);
  });

  test("is dark when asked, and stays so", async () => {
    const page = await open("/registries");
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await button(page, "Switch to dark colours").click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.reload();
    await button(page, "Switch to light colours").waitFor();
    expect(await background()).toBe(dark);
  });

  describe("whatever people store", () => {
    const HOSTILE = `</script><img src=x onerror="pwned=1"><a href="javascript:pwned=2">x</a>`;
    /** As a request has it: a member of its own, not a prototype. */
    const PROTO = JSON.parse(`{"__proto__": {"pwned": 3}, "constructor": {"prototype": {"pwned": 4}}}`);

    beforeAll(async () => {
      const client = await registryWith(
        { slug: "hostile", display_name: HOSTILE, description: HOSTILE },
        {
          slug: "hostile",
          display_name: HOSTILE,
          description: HOSTILE,
          runtime: {
            system_prompt: HOSTILE,
            tools: [HOSTILE],
            step_settings_patch: { section: { field: HOSTILE } },
          },
          extensions: { "webchat.starter_suggestions@v1": { items: [HOSTILE] }, "app.kept@v1": PROTO },
          metadata: { tags: [HOSTILE] },
        },
      );
      const read = await client.getProfile("hostile");
      await client.updateProfile(read, { runtime: { system_prompt: `${HOSTILE} ${HOSTILE}` } });
    });

    const PROFILE = "/registries/hostile/profiles/hostile";
    const encoded = encodeURIComponent(HOSTILE);
    test.each([
      [
        "in documents",
        [
          ["/registries", HOSTILE],
          ["/registries/hostile", HOSTILE],
          [PROFILE, HOSTILE],
          [`${PROFILE}/prompt`, "src=x onerror"],
          [`${PROFILE}/extensions`, "__proto__"],
          [`${PROFILE}/json`, "src=x onerror"],
          [`${PROFILE}/history`, "src=x onerror"],
          ["/resolve?registry=hostile", "src=x onerror"],
          ["/compare?left=hostile/hostile@1&right=hostile/hostile", "src=x onerror"],
        ],
      ],
      [
        "in addresses",
        [
          ["/registries/__proto__", "invalid registry: __proto__"],
          [`/registries/${encoded}`, "invalid registry: <"],
          [`/registries/default/profiles/${encoded}`, "is invalid"],
          [`/log?registry=${encoded}&profile=__proto__`, 'profile slug "__proto__" is invalid'],
          [`/resolve?registry=__proto__&profile=${encoded}`, "invalid registry: __proto__"],
          ["/compare?left=__proto__/constructor&right=default/default", "invalid registry: __proto__"],
        ],
      ],
    ])("is text and no more: %s", async (_, shown) => {
      const page = await open("/registries");
      for (const [path, text] of shown as [string, string][]) {
        await page.goto(`${program.url()}/console${path}`);
        await page.getByRole("main").getByText(text).first().waitFor();
        const pwned = "[globalThis.pwned, {}.pwned, Object.pwned]";
        expect(await page.evaluate(pwned), path).toEqual([undefined, undefined, undefined]);
        const ran = page.locator("img[onerror], script:not([src]), [href^='javascript:']");
        expect(await ran.count(), path).toBe(0);
      }
    });
  });
});
