/** What was, what would be, and what differs: history, resolve, compare; and what the console shows where things are broken. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { ProfileClient } from "../../web/client/index.js";
import { describeInChromium } from "../browsers/chromium.js";
import { withDatabase } from "../reliability/disk-database.js";
import {
  button,
  consoleOf,
  expectGoodLooks,
  lines,
  listed,
  notice,
  part,
  problem,
  write,
} from "./support/console.js";
import { sharedProgram } from "./support/program.js";

describeInChromium("in the console", (chromium) => {
  const program = sharedProgram();
  const { open, registryWith } = consoleOf(chromium, program);

  /** A profile `helper`, with a version for each prompt. */
  const prompted = async (registry: string, first: string, ...later: string[]): Promise<ProfileClient> => {
    const client = await registryWith(registry, { slug: "helper", runtime: { system_prompt: first } });
    for (const system_prompt of later) {
      await client.updateProfile(await client.getProfile("helper"), { runtime: { system_prompt } });
    }
    return client;
  };
  const promptOf = async (client: ProfileClient) => (await client.getProfile("helper")).runtime.system_prompt;

  describe("history", () => {
    test("shows each version beside the one before it, or any other", async () => {
      await prompted("versions", "One.", "Two.", "Three.");
      const page = await open("/registries/versions/profiles/helper/history");
      const versions = part(page, "Versions").getByRole("button");
      const sides = () =>
        Promise.all(
          ["before", "after"].map((side) => lines(page, `Difference of the prompt, ${side}`).innerText()),
        );
      await lines(page, "Difference of the prompt, after").getByText("Three.").waitFor();
      expect(await versions.count()).toBe(3);
      expect(await sides()).toEqual(["Two.", "Three."]);
      await versions.filter({ hasText: "v2" }).click();
      await lines(page, "Difference of the prompt, before").getByText("One.").waitFor();
      expect(await sides()).toEqual(["One.", "Two."]);
      await page.getByRole("combobox", { name: "Against version" }).selectOption("v3 (now)");
      await lines(page, "Difference of the prompt, before").getByText("Three.").waitFor();
      expect(page.url()).toContain("version=2&against=3");
    });

    test("rolls back once the preview was seen, as a new version", async () => {
      const client = await prompted("rolled-back", "One.", "Two.");
      const page = await open("/registries/rolled-back/profiles/helper/history?version=1");
      await button(page, "Roll back to v1").click();
      const dialog = page.getByRole("dialog", { name: "Roll helper back to v1" });
      await lines(dialog, "Difference of the prompt, before").getByText("Two.").waitFor();
      await lines(dialog, "Difference of the prompt, after").getByText("One.").waitFor();
      await expectGoodLooks(page);
      expect(await promptOf(client)).toBe("Two.");
      await button(dialog, "Write it as v3").click();
      await notice(page, "helper is as it was in version 1, as version 3").waitFor();
      expect(await promptOf(client)).toBe("One.");
    });

    test("brings back what was deleted", async () => {
      const client = await prompted("brought-back", "One.");
      await client.createProfile({ slug: "usual", set_default: true });
      await client.deleteProfile(await client.getProfile("helper"));
      const page = await open("/registries/brought-back/profiles/helper");
      await page.getByRole("link", { name: "Its history" }).click();
      await part(page, "Versions").getByRole("button").filter({ hasText: "created" }).click();
      await button(page, "Bring back v1").click();
      await button(page.getByRole("dialog"), /^Write it as v/).click();
      await page.getByText("helper is as it was in version 1").waitFor();
      expect(await promptOf(client)).toBe("One.");
    });
  });

  describe("resolve", () => {
    const row = (page: Page, unit: string) =>
      page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: unit, exact: true }) });

    test("shows which layer won each unit, and what lost to it", async () => {
      const page = await open("/resolve?registry=default&profile=inventory");
      await row(page, "system_prompt").getByText("You are an inventory assistant.").waitFor();
      await write(lines(page, "Overrides"), '{"system_prompt": "Be brief."}');
      await row(page, "system_prompt").getByText("Be brief.").waitFor();
      expect(await row(page, "system_prompt").getByRole("cell").allInnerTexts()).toEqual([
        "",
        expect.stringMatching(/^lost:\s*You are an inventory assistant\.$/),
        "",
        expect.stringMatching(/^won:\s*Be brief\.$/),
        "",
      ]);
      expect(await row(page, "system_prompt").locator("s").allInnerTexts()).toEqual([
        "You are an inventory assistant.",
      ]);
    });

    test("says why a request is refused, and goes on where it is mended", async () => {
      const page = await open("/resolve?registry=default&profile=inventory");
      await page.getByText("Chosen by").waitFor();
      await write(lines(page, "Overrides"), '{"tools": ["shell"]}');
      await problem(page, "tools").waitFor();
      await write(lines(page, "Overrides"), "{}");
      await page.getByText("Chosen by").waitFor();
    });

    test("takes the body of a chat turn as it is", async () => {
      const page = await open("/resolve");
      await button(part(page, "Request"), "JSON").click();
      await write(
        lines(page, "Request as JSON"),
        '{"prompt": "Hello", "profile": "analyst", "conv_id": "c1"}',
      );
      await page.getByRole("link", { name: "default / analyst" }).waitFor();
      await button(part(page, "Request"), "Form").click();
      expect(await page.getByRole("textbox", { name: "Conversation" }).inputValue()).toBe("c1");
    });

    test("copies the request as other clients send it", async () => {
      const page = await open("/resolve?registry=default&profile=analyst", {
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const copied = async (form: string) => {
        await button(page, `Copy as ${form}`).click();
        return page.evaluate(() => navigator.clipboard.readText());
      };
      expect(await copied("curl")).toMatch(
        new RegExp(`^curl .*'${program.url()}/api/chat/resolve' -d '{`, "s"),
      );
      expect(await copied("grpcurl")).toMatch(/^grpcurl -plaintext -d '.*"profile": "analyst"/s);
      expect(await copied("TypeScript")).toContain(`createProfileClient({ baseUrl: "${program.url()}" })`);
    });
  });

  describe("compare", () => {
    test("puts two profiles side by side, chosen in the page, and swaps them", async () => {
      const page = await open("/compare");
      for (const [side, profile] of [
        ["Left", "default"],
        ["Right", "inventory"],
      ] as const) {
        await page.getByRole("combobox", { name: `${side}: registry` }).selectOption("default");
        await page.getByRole("combobox", { name: `${side}: profile` }).fill(profile);
      }
      const after = lines(page, "Difference of the prompt, after");
      await after.getByText("You are an inventory assistant.").waitFor();
      expect(page.url()).toContain("left=default%2Fdefault&right=default%2Finventory");
      await button(page, "Swap sides").click();
      await after.getByText("You are a concise assistant.").waitFor();
    });

    test("of two versions of one", async () => {
      await prompted("compared", "One.", "Two.");
      const page = await open("/compare?left=compared/helper@1&right=compared/helper");
      await lines(page, "Difference of the prompt, before").getByText("One.").waitFor();
      await lines(page, "Difference of the prompt, after").getByText("Two.").waitFor();
    });

    test("of two registries leads to what differs in them", async () => {
      const inventory = { slug: "inventory", display_name: "Other" };
      await registryWith("other", inventory, { slug: "new-here" });
      const page = await open("/compare?left=default&right=other");
      const found = part(page, "Differences");
      await found.getByRole("row", { name: "new-here only in other" }).waitFor();
      await found.getByRole("link", { name: "inventory", exact: true }).click();
      await lines(page, "Difference of the document, after").getByText('"Other"').waitFor();
    });
  });

  describe("what is broken", () => {
    test("a profile that cannot be read is named, the others are listed, and a rollback mends it", async () => {
      const client = await prompted("torn", "One.", "Two.");
      await client.createProfile({ slug: "whole" });
      withDatabase(program.file(), (db) =>
        db.exec("UPDATE profiles SET payload_json = '{' WHERE registry_slug = 'torn' AND slug = 'helper'"),
      );
      const page = await open("/registries/torn");
      await problem(page, "torn/helper").waitFor();
      expect(await listed(page)).toEqual(["whole"]);
      await page.goto(`${program.url()}/console/registries/torn/profiles/helper`);
      await problem(page, "The stored document cannot be read").waitFor();
      await expectGoodLooks(page);
      await page.getByRole("main").getByRole("link", { name: "History" }).click();
      await button(page, "Roll back to v2").click();
      await button(page.getByRole("dialog"), /^Write it as v/).click();
      await page.getByText("helper is as it was in version 2").waitFor();
      expect(await promptOf(client)).toBe("Two.");
    });

    test("a profile, a rollout or a registry that is not there has a page that says so", async () => {
      const page = await open("/registries/default/profiles/nobody");
      await page.getByText("There is no such profile").waitFor();
      await page.goto(`${program.url()}/console/registries/nowhere`);
      await problem(page, "Not found").waitFor();
      await page.goto(`${program.url()}/console/registries/default/rollouts/nothing`);
      await problem(page, "Not found").waitFor();
    });

    test("a server that is gone is told, also by a view that was never loaded, until it is back", async () => {
      const page = await open("/log");
      await page.getByRole("table", { name: "Log entries" }).waitFor();
      const navigation = page.getByRole("navigation", { name: "Main" });
      await navigation.getByRole("link", { name: "Profiles" }).click();
      await page.getByText("5 profiles").waitFor();
      await program.stop();
      await navigation.getByRole("link", { name: "Log" }).click();
      await problem(page, "The server cannot be reached").waitFor();
      await navigation.getByRole("combobox").selectOption("team");
      await problem(page, "The server cannot be reached").waitFor();
      await expectGoodLooks(page);
      await navigation.getByRole("link", { name: "Compare" }).click();
      await problem(page, "The console failed").waitFor();
      await program.start();
      await button(page, "Try again").click();
      await page.getByText("Choose both sides").waitFor();
    });

    test("an edit that cannot be saved stays, and is saved once the server can be reached", async () => {
      const client = await prompted("later", "One.");
      const page = await open("/registries/later/profiles/helper");
      await page.getByRole("textbox", { name: "Name" }).fill("Later");
      await page.getByText("Fits all rules").waitFor();
      await page.context().setOffline(true);
      await button(page, "Save v2").click();
      await notice(page, "The server cannot be reached").waitFor();
      await page.context().setOffline(false);
      await button(page, "Save v2").click();
      await notice(page, "Saved as version 2").waitFor();
      expect((await client.getProfile("helper")).display_name).toBe("Later");
    });
  });
});
