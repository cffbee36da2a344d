/** `<profile-selector>` in a real browser (spec 7.3). */
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createProfileClient, type NewProfile } from "../../web/client/index.js";
import { describeInChromium } from "../browsers/chromium.js";
import { sharedService } from "../browsers/service.js";
import { freshPage, type PageOf, serveModules, servePage, violations } from "./selector-page.js";

const FEW: NewProfile[] = [
  {
    slug: "analyst",
    display_name: "Analyst",
    description: "Investigates, and shows its working.",
    extensions: { "webchat.starter_suggestions@v1": { items: ["What changed?", "Draw it"] } },
  },
  { slug: "locked", display_name: "Handbook", policy: { read_only: true } },
  { slug: "usual", display_name: "Everyday", description: "Short answers.", set_default: true },
];
const MANY: NewProfile[] = [
  ...FEW,
  ...Array.from({ length: 9 }, (_, i) => ({
    slug: `extra-${i}`,
    display_name: `Extra ${i}`,
    description: i === 3 ? "Tells of cafés in Málaga." : "One more.",
  })),
];

describeInChromium("the selector", (chromium) => {
  const service = sharedService();
  const shared = chromium.shared(() => `${service.url()}/healthz`);
  const fresh = () => freshPage(shared());

  const registryWith = async (registry: string, profiles: NewProfile[]) => {
    const client = createProfileClient({ baseUrl: service.url(), registry });
    await client.createRegistry({ slug: registry });
    for (const profile of profiles) await client.createProfile(profile);
    return client;
  };
  beforeAll(async () => {
    await registryWith("few", FEW);
    await registryWith("many", MANY);
    await registryWith("none", []);
  });

  const open = async (registry: string, shown: Partial<PageOf> = {}): Promise<Page> => {
    const html =
      shown.html ?? `<profile-selector registry="${registry}"></profile-selector><a href="#">after</a>`;
    const page = await fresh();
    await servePage(page, service.url(), { ...shown, html });
    await page.goto(`${service.url()}/page`);
    return page;
  };
  const ready = async (registry: string, shown: Partial<PageOf> = {}): Promise<Page> => {
    const page = await open(registry, shown);
    await page.getByRole("button", { name: "Profile Everyday" }).waitFor();
    return page;
  };
  const opened = async (registry: string, shown: Partial<PageOf> = {}): Promise<Page> => {
    const page = await ready(registry, shown);
    await page.getByRole("button", { name: "Profile Everyday" }).click();
    return page;
  };
  const optionsOf = (page: Page) => page.getByRole("option").allInnerTexts();
  const activeOf = (page: Page) => page.locator("[role=option].active").innerText();
  const buttonText = (page: Page) => page.locator("profile-selector #value").innerText();
  const isClosed = async (page: Page) => (await page.getByRole("option").count()) === 0;

  describe("shows", () => {
    test("names, descriptions, and marks for the default and what is read-only", async () => {
      const page = await opened("few");
      expect((await optionsOf(page)).map((text) => text.split(/\s*\n+\s*/))).toEqual([
        ["Analyst", "Investigates, and shows its working."],
        ["Handbook", "Read-only"],
        ["Everyday", "Default", "Short answers."],
      ]);
      const selected = page.getByRole("option", { selected: true });
      expect(await selected.innerText()).toContain("Everyday");
    });

    test("what people wrote as text, whatever it is", async () => {
      const hostile = '"><img src=x onerror="document.title=1"><script>document.title=2</script>\u202E';
      await registryWith("hostile", [
        { slug: "usual", display_name: hostile, description: hostile, metadata: { tags: [hostile] } },
      ]);
      const page = await open("hostile");
      await page.getByRole("button", { name: "img src" }).click();
      expect(await optionsOf(page)).toEqual([expect.stringContaining("<script>document.title=2</script>")]);
      expect(await page.locator("profile-selector :is(img, script)").count()).toBe(0);
      expect(await page.title()).toBe("Chat");
    });

    test("that there are no profiles", async () => {
      const page = await open("none");
      await page.getByRole("button", { name: "No profiles yet" }).waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await isClosed(page)).toBe(true);
      expect(await violations(page)).toEqual([]);
    });

    test("that it is loading", async () => {
      const page = await fresh();
      const html = '<profile-selector registry="few"></profile-selector>';
      await servePage(page, service.url(), { html });
      await page.route("**/api/chat/profiles?*", async (route) => {
        await violationsWhileLoading;
        await route.continue();
      });
      let done: () => void = () => undefined;
      const violationsWhileLoading = new Promise<void>((resolve) => {
        done = resolve;
      });
      await page.goto(`${service.url()}/page`);
      await page.getByRole("button", { name: "Loading profiles…" }).waitFor();
      expect(await violations(page)).toEqual([]);
      done();
      await page.getByRole("button", { name: "Everyday" }).waitFor();
    });

    test("that nothing can be read, and reads again when asked to", async () => {
      const page = await fresh();
      const html = '<profile-selector registry="few"></profile-selector>';
      await servePage(page, service.url(), { html });
      await page.route("**/api/chat/**", (route) => route.abort());
      await page.goto(`${service.url()}/page`);
      await page.getByText("the server cannot be reached").waitFor();
      expect(await buttonText(page)).toBe("Profiles unavailable");
      expect(await violations(page)).toEqual([]);
      await page.unroute("**/api/chat/**");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("button", { name: "Everyday" }).waitFor();
      expect(await page.locator("profile-selector #button:focus").count()).toBe(1);
      expect(await page.getByText("the server cannot be reached").count()).toBe(0);
    });

    test("other words where it is given them", async () => {
      const script = `document.querySelector("profile-selector").texts = { label: "Profil", default: "Standard" };`;
      const page = await open("few", { script });
      await page.getByRole("button", { name: "Profil Everyday", exact: true }).click();
      expect((await optionsOf(page)).join()).toContain("Standard");
    });
  });

  describe("a choice", () => {
    test("by the mouse is shown and kept in the browser's cookie", async () => {
      const page = await opened("few");
      await page.getByRole("option", { name: "Analyst" }).click();
      expect(await buttonText(page)).toBe("Analyst");
      expect(await isClosed(page)).toBe(true);
      await expect.poll(() => page.locator("profile-selector [aria-busy]").count()).toBe(0);
      await page.reload();
      await page.getByRole("button", { name: "Analyst" }).waitFor();
    });

    test("of what is gone goes back, and the notice can be put away", async () => {
      const client = await registryWith("going", [
        { slug: "usual", display_name: "Everyday", set_default: true },
        { slug: "gone", display_name: "Gone" },
      ]);
      const page = await opened("going");
      await client.deleteProfile(await client.getProfile("gone"));
      await page.getByRole("option", { name: "Gone" }).click();
      const notice = page.getByRole("status").filter({ hasText: "profile not found: gone" });
      await notice.waitFor();
      expect(await buttonText(page)).toBe("Everyday");
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Dismiss" }).click();
      await notice.waitFor({ state: "detached" });
    });

    test("shows in another tab, and a profile that was written when a tab is looked at again", async () => {
      const client = await registryWith("tabs", FEW);
      const page = await ready("tabs");
      const other = await page.context().newPage();
      onTestFinished(() => other.close());
      await servePage(other, service.url(), {
        html: '<profile-selector registry="tabs"></profile-selector>',
      });
      await other.goto(`${service.url()}/page`);
      await other.getByRole("button", { name: "Everyday" }).click();
      await other.getByRole("option", { name: "Analyst" }).click();
      await page.getByRole("button", { name: "Analyst" }).waitFor();
      await client.updateProfile(await client.getProfile("analyst"), { display_name: "Analyst 2" });
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await page.getByRole("button", { name: "Analyst 2" }).waitFor();
    });

    test("is told to the page, with what the profile suggests to begin with", async () => {
      const script = `
        globalThis.told = [];
        for (const type of ["profile-change", "starter-suggestions"])
          document.addEventListener(type, ({ detail }) => told.push([type, detail.profile?.slug ?? detail.items]));`;
      const page = await opened("few", { script });
      for (const name of ["Analyst", "Handbook"]) {
        if (name === "Handbook") await page.getByRole("button", { name: "Analyst" }).click();
        await page.getByRole("option", { name }).click();
      }
      await expect
        .poll(() => page.evaluate("told"))
        .toEqual([
          ["profile-change", "usual"],
          ["profile-change", "analyst"],
          ["starter-suggestions", ["What changed?", "Draw it"]],
          ["profile-change", "locked"],
          ["starter-suggestions", []],
        ]);
    });
  });

  describe("by keyboard alone", () => {
    test("it is reached, opened, moved in, chosen from and left", async () => {
      const page = await ready("few");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowDown");
      expect(await activeOf(page)).toContain("Everyday");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      expect(await activeOf(page)).toContain("Analyst");
      await page.keyboard.press("End");
      expect(await activeOf(page)).toContain("Everyday");
      await page.keyboard.press("Home");
      await page.keyboard.press("Enter");
      expect(await buttonText(page)).toBe("Analyst");
      await page.keyboard.press("Space");
      await page.keyboard.press("PageDown");
      await page.keyboard.press("Escape");
      expect([await isClosed(page), await buttonText(page)]).toEqual([true, "Analyst"]);
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      expect(await isClosed(page)).toBe(true);
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("after");
    });

    test("letters go to the next profile that begins with them", async () => {
      const page = await opened("few");
      await page.keyboard.type("h");
      expect(await activeOf(page)).toContain("Handbook");
      await page.keyboard.press("Space");
      expect(await buttonText(page)).toBe("Handbook");
    });

    test("the focus names the option that it is on", async () => {
      const page = await opened("few");
      const list = page.getByRole("listbox", { name: "Profile" });
      const id = await list.getAttribute("aria-activedescendant");
      expect(await page.locator(`profile-selector #${id}`).innerText()).toContain("Everyday");
    });

    test("many profiles are filtered, whatever the case and the accents", async () => {
      const page = await opened("many");
      const filter = page.getByRole("combobox", { name: "Find a profile" });
      expect(
        await filter.evaluate((input) => (input.getRootNode() as ShadowRoot).activeElement === input),
      ).toBe(true);
      await page.keyboard.type("MALAGA cafe");
      expect(await optionsOf(page)).toEqual([expect.stringContaining("Extra 3")]);
      await page.getByRole("status").filter({ hasText: "1 profile" }).waitFor();
      await page.keyboard.press("Enter");
      expect(await buttonText(page)).toBe("Extra 3");
    });

    test("the option that one is on is in view, and the page stays where it is", async () => {
      const html = '<profile-selector registry="many"></profile-selector><div class="tall"></div>';
      const script = `document.querySelector(".tall").style.height = "3000px";`;
      const page = await opened("many", { html, script });
      const isInView = async () => {
        const box = async (selector: string) =>
          (await page.locator(`profile-selector ${selector}`).boundingBox())!;
        const [list, active] = [await box("#list"), await box("[role=option].active")];
        return active.y >= list.y && active.y + active.height <= list.y + list.height;
      };
      expect(await isInView()).toBe(true);
      for (const key of ["PageUp", "PageUp", "PageDown", "PageDown", "ArrowUp"]) {
        await page.keyboard.press(key);
        expect(await isInView()).toBe(true);
      }
      expect(await page.evaluate(() => scrollY)).toBe(0);
    });

    test("a filter that nothing matches says so, and chooses nothing", async () => {
      const page = await opened("many");
      await page.keyboard.type("zzz");
      await page.getByText("No profile matches").waitFor();
      await page.keyboard.press("Enter");
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      expect(await buttonText(page)).toBe("Everyday");
    });
  });

  test("a mode that may be shown has a switch, which goes with it", async () => {
    const client = await registryWith("modes", [...FEW, { slug: "fast-v1" }]);
    const { metadata } = await client.getRegistry("modes");
    const processing_modes = { fast: { profiles: ["fast-v1"], description: "Short answers for voice" } };
    await client.updateRegistry({ slug: "modes", metadata }, { processing_modes });
    const script = `globalThis.told = [];
      document.addEventListener("mode-change", ({ detail }) => told.push(detail.mode ?? "none"));`;
    const page = await ready("modes", { script });
    expect(await page.getByRole("switch").count()).toBe(0);

    const flags = { contract_enabled: true, runtime_enabled: true, ui_enabled: true };
    await client.updateRollout(await client.getRollout("fast"), { ...flags, force: true, reason: "a test" });
    await page.reload();
    await page.getByRole("switch", { name: "Fast" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.getByRole("switch", { name: "Fast", checked: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    const turn = () => page.evaluate(`document.querySelector("profile-selector").selection.turn()`);
    expect(await turn()).toMatchObject({ profile: "usual", processing: { mode: "fast" } });
    await client.rollbackRollout({ registry: "modes", mode: "fast" }, "soft");
    await turn();
    await page.getByRole("switch").waitFor({ state: "detached" });
    expect(await turn()).toEqual({ profile: "usual", registry: "modes" });
    expect(await page.evaluate("told")).toEqual(["fast", "none"]);
    await page.getByRole("status").filter({ hasText: "“fast” is no longer there" }).waitFor();
  });

  test("a click outside closes it", async () => {
    const page = await opened("few");
    await page.mouse.click(500, 500);
    expect(await isClosed(page)).toBe(true);
  });

  test("it stays open and on its option when the profiles are read again", async () => {
    const client = await registryWith("refreshed", FEW);
    const page = await opened("refreshed");
    await page.keyboard.press("ArrowUp");
    await client.createProfile({ slug: "a-new-one" });
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await expect.poll(() => optionsOf(page)).toHaveLength(4);
    expect(await activeOf(page)).toContain("Handbook");
  });

  test("it opens above where there is no room below", async () => {
    const html = '<div><profile-selector registry="few"></profile-selector></div>';
    const script = `document.querySelector("main > div").style.cssText = "position:fixed;bottom:8px;right:8px"`;
    const page = await opened("few", { html, script });
    const { y, x, width } = (await page.locator("profile-selector #popup").boundingBox())!;
    const view = page.viewportSize()!;
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(view.height - 100);
    expect(x + width).toBeLessThanOrEqual(view.width);
  });

  describe("looks", () => {
    const surface = (page: Page) =>
      page.locator("profile-selector #button").evaluate((button) => getComputedStyle(button).backgroundColor);

    test("go by the system's theme, unless the page names one, and by the page's variables", async () => {
      const [light, dark] = ["rgb(255, 255, 255)", "rgb(29, 33, 43)"];
      const page = await ready("few");
      expect(await surface(page)).toBe(light);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await surface(page)).toBe(dark);
      const setOn = (name: string, value: string) =>
        page.locator("profile-selector").evaluate((it, [n, v]) => it.setAttribute(n!, v!), [name, value]);
      await setOn("theme", "light");
      expect(await surface(page)).toBe(light);
      await page
        .locator("profile-selector")
        .evaluate((it) => it.style.setProperty("--profile-selector-surface", "rgb(1, 2, 3)"));
      expect(await surface(page)).toBe("rgb(1, 2, 3)");
    });

    test("begin at the right where text is written from the right", async () => {
      const page = await opened("few", { dir: "rtl" });
      const edge = async (selector: string) => {
        const { x, width } = (await page.locator(`profile-selector ${selector}`).boundingBox())!;
        return Math.round(x + width);
      };
      expect(await edge("#popup")).toBe(await edge("#button"));
    });

    const kinds: [string, string, Partial<PageOf>][] = [
      ["light", "few", {}],
      ["dark", "few", { dark: true }],
      ["right to left", "few", { dir: "rtl" }],
      ["dark, with a filter", "many", { dark: true }],
    ];
    test.each(kinds)("%s: axe finds nothing, closed or open", async (_, registry, shown) => {
      const page = await ready(registry, shown);
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Everyday" }).click();
      await page.keyboard.press("ArrowUp");
      expect(await violations(page)).toEqual([]);
    });
  });

  describe("the element", () => {
    test("shows a selection that the page made, also one given before the element was defined", async () => {
      const page = await fresh();
      const script = `
        import { createProfileClient, createSelection } from "/modules/client/index.js";
        const selector = document.querySelector("profile-selector");
        selector.selection = createSelection(createProfileClient({ registry: "few" }));
        globalThis.selector = selector;
        await import("/modules/selector/index.js");`;
      await serveModules(page, `${service.url()}/modules/`);
      const html = "<profile-selector></profile-selector>";
      await servePage(page, service.url(), { html, script, defined: false });
      await page.goto(`${service.url()}/page`);
      await page.getByRole("button", { name: "Everyday" }).waitFor();
      expect(await page.evaluate("selector.selection.turn()")).toEqual({ profile: "usual", registry: "few" });
    });

    test("keeps its selection when it is moved, and ends one of its own when it is taken away", async () => {
      const page = await opened("few");
      await page.getByRole("option", { name: "Analyst" }).click();
      await page.evaluate(() => {
        const selector = document.querySelector("profile-selector") as HTMLElement;
        document.body.prepend(selector);
      });
      await expect.poll(() => buttonText(page)).toBe("Analyst");
      const left = await page.evaluate(async () => {
        const selector = document.querySelector("profile-selector") as HTMLElement & { selection?: unknown };
        selector.remove();
        await Promise.resolve();
        return selector.selection;
      });
      expect(left).toBeUndefined();
    });

    test("reads another registry when the attribute names another", async () => {
      const page = await ready("few");
      await page.locator("profile-selector").evaluate((it) => it.setAttribute("registry", "none"));
      await page.getByRole("button", { name: "No profiles yet" }).waitFor();
    });
  });
});
