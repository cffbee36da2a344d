/** What operators do in the console: rollouts, the log, files, registries. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { LogItem, ProfileClient } from "../../web/client/index.js";
import { describeInChromium } from "../browsers/chromium.js";
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

  describe("a rollout", () => {
    /** Of the mode `fast`, in a registry of its own. */
    const withMode = async (slug: string) => {
      const client = await registryWith(
        { slug, processing_modes: { fast: { profiles: ["quick"] } } },
        { slug: "usual" },
        { slug: "quick" },
      );
      return { client, page: await open(`/registries/${slug}/rollouts/fast`) };
    };
    const toggle = (page: Page, name: string) => page.getByRole("switch", { name, exact: true });
    const turnOn = async (client: ProfileClient, percentage: number) => {
      const flags = { contract_enabled: true, runtime_enabled: true };
      const read = await client.getRollout("fast");
      await client.updateRollout(read, { ...flags, percentage, force: true, reason: "a test" });
    };

    test("is turned on flag by flag, each once what it needs is on", async () => {
      const { client, page } = await withMode("flags");
      await toggle(page, "Contract").waitFor();
      expect(await toggle(page, "Runtime").isDisabled()).toBe(true);
      await toggle(page, "Contract").click();
      await part(page, "Flags").locator("label", { hasText: "Runtime" }).waitFor();
      await expect.poll(() => toggle(page, "Runtime").isEnabled(), { timeout: 10_000 }).toBe(true);
      await toggle(page, "Runtime").click();
      await expect.poll(() => toggle(page, "UI").isEnabled(), { timeout: 10_000 }).toBe(true);
      expect(await client.getRollout("fast")).toMatchObject({
        contract_enabled: true,
        runtime_enabled: true,
        ui_enabled: false,
      });
    });

    test("advances a stage, and not past gates that are closed, whose figures it shows", async () => {
      const { client, page } = await withMode("gates");
      await turnOn(client, 1);
      await button(page, "Advance to 5 %").click();
      const samples = /0 outcomes of the mode and 0 of the control, of at least 200 each/;
      await problem(part(page, "Percentage"), samples).waitFor();
      await part(page, "Gates")
        .getByRole("row", { name: /^closed: Samples/ })
        .getByText(samples)
        .waitFor();
      expect((await client.getRollout("fast")).percentage).toBe(1);
    });

    test("goes past closed gates only with a reason, which the log keeps", async () => {
      const { client, page } = await withMode("forced");
      await turnOn(client, 1);
      await button(page, "Advance to 5 %").waitFor();
      await page.getByRole("spinbutton", { name: "Percentage" }).fill("50");
      await button(page, "Set").click();
      const dialog = page.getByRole("dialog", {
        name: "Set the percentage of fast to 50 % against the gates?",
      });
      const anyway = button(dialog, "Set the percentage of fast to 50 % anyway");
      await anyway.waitFor();
      expect(await anyway.isDisabled()).toBe(true);
      await expectGoodLooks(page);
      await dialog.getByRole("textbox", { name: "Reason" }).fill("the demo is today");
      await anyway.click();
      await notice(page, "Done, past the gates").waitFor();
      expect((await client.getRollout("fast")).percentage).toBe(50);
      await page.goto(`${program.url()}/console/log?registry=forced`);
      await page.getByText("the demo is today").waitFor();
    });

    test("is turned back at once by one big button, and says so", async () => {
      const { client, page } = await withMode("turned-back");
      await turnOn(client, 50);
      await page.getByText("50 % since").waitFor();
      await button(page, "Turn fast back now").click();
      await notice(page, "fast was turned back").waitFor();
      expect(await client.getRollout("fast")).toMatchObject({ runtime_enabled: false, percentage: 0 });
      await part(page, "Last rollback").getByText("turned back in the console").waitFor();
    });

    test("takes new stages and thresholds", async () => {
      const { client, page } = await withMode("settings");
      await page.getByRole("spinbutton", { name: "Samples at least" }).fill("20");
      await button(page, "Remove 25").click();
      await button(page, "Save settings").click();
      await notice(page, "Saved").waitFor();
      const { stages, thresholds } = await client.getRollout("fast");
      expect(stages).toEqual([1, 5, 50, 100]);
      expect(thresholds.min_samples).toBe(20);
    });
  });

  describe("the log", () => {
    const connection = (page: Page, text: string) =>
      page.getByRole("status").getByText(text, { exact: true });

    test("shows what is written as it is written", async () => {
      const client = await registryWith("live");
      const page = await open("/log?registry=live");
      await connection(page, "Live").waitFor();
      await client.createProfile({ slug: "seen-at-once" });
      await page.getByRole("link", { name: "live / seen-at-once" }).waitFor();
    });

    test("goes on after a lost connection without a gap, and shows nothing twice", async () => {
      const client = await registryWith("resumed");
      const page = await open("/log?registry=resumed");
      await connection(page, "Live").waitFor();
      await client.createProfile({ slug: "before" });
      await page.getByRole("link", { name: "resumed / before" }).waitFor();
      await program.stop();
      await connection(page, "Connection lost, trying again").waitFor();
      // Until all of it is written nothing gets through.
      await page.route("**/WatchLogEntries", (route) => route.abort());
      await program.start();
      for (let i = 0; i < 5; i += 1) await client.createProfile({ slug: `meanwhile-${i}` });
      await page.unrouteAll();
      await connection(page, "Live").waitFor({ timeout: 15_000 });
      await client.createProfile({ slug: "after" });
      await page.getByRole("link", { name: "resumed / after" }).waitFor();
      const entries: LogItem[] = [];
      for await (const entry of client.listLog({ registry: "resumed" })) entries.push(entry);
      const names = entries.map(({ profile }) => (profile ? `resumed / ${profile}` : "resumed"));
      expect(await listed(page, "Log entries")).toEqual(names.reverse());
    });

    test("of a profile leads to its version", async () => {
      await registryWith("one-of", { slug: "one" }, { slug: "two" });
      const page = await open("/log");
      await page.getByRole("combobox", { name: "Registry of the log" }).selectOption("one-of");
      await page.getByRole("searchbox").fill("two");
      await page.getByRole("link", { name: "one-of / one" }).waitFor({ state: "detached" });
      await page.getByRole("link", { name: "one-of / two" }).click();
      await page.getByRole("heading", { name: "History of two" }).waitFor();
      expect(page.url()).toContain("history?version=1");
    });
  });

  describe("a file", () => {
    const drop = async (page: Page, name: string, text: string) => {
      const dropped = await page.evaluateHandle(
        ([file, content]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([content!], file!));
          return transfer;
        },
        [name, text],
      );
      await part(page, "Import").locator(".drop").dispatchEvent("drop", { dataTransfer: dropped });
    };

    test("that is dropped shows its plan, and is stored only when that is applied", async () => {
      const client = await registryWith("imported", { slug: "helper", display_name: "Helper" });
      const page = await open("/files");
      await drop(
        page,
        "presets.yaml",
        "registries: {imported: {profiles: {helper: {display_name: Changed}, fresh: {}}}}",
      );
      const plan = part(page, "Plan");
      await plan.getByText("1 created").waitFor();
      await plan.getByRole("row", { name: /^change helper imported .*Helper.*Changed/ }).waitFor();
      expect((await client.getProfile("helper")).display_name).toBe("Helper");
      await expectGoodLooks(page);
      await button(plan, "Apply the plan").click();
      await notice(page, "Imported: 1 created, 1 changed, 0 deleted").waitFor();
      expect((await client.getProfile("helper")).display_name).toBe("Changed");
      expect((await client.getProfile("fresh")).slug).toBe("fresh");
    });

    test("that replaces names what it deletes before it does", async () => {
      const client = await registryWith("replaced", { slug: "stays" }, { slug: "goes" });
      const page = await open("/files");
      await page.locator("input[type=file]").setInputFiles({
        name: "r.json",
        mimeType: "application/json",
        buffer: Buffer.from(
          '{"registries":{"replaced":{"default_profile_slug":"stays","profiles":{"stays":{}}}}}',
        ),
      });
      await page.getByRole("checkbox", { name: "Replace" }).check();
      await part(page, "Plan").getByText("1 deleted").waitFor();
      await button(page, "Apply the plan").click();
      const dialog = page.getByRole("dialog", { name: "Apply it, and delete 1 document?" });
      await dialog.getByText("goes").waitFor();
      await button(dialog, "Apply and delete").click();
      await notice(page, "1 deleted").waitFor();
      await expect(client.getProfile("goes")).rejects.toMatchObject({ code: "not_found" });
    });

    test("that cannot be read says where, and changes nothing", async () => {
      const page = await open("/files");
      await drop(page, "broken.yaml", "registries: [");
      await problem(page, /broken\.yaml/).waitFor();
      expect(await part(page, "Plan").count()).toBe(0);
    });

    test("is downloaded as YAML or JSON, and can be imported again", async () => {
      const page = await open("/files?registry=team");
      const download = async () => {
        const started = page.waitForEvent("download");
        await page.getByRole("link", { name: "Download" }).click();
        const file = await started;
        return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
      };
      const yaml = await download();
      expect(yaml.name).toMatch(/\.ya?ml$/);
      expect(yaml.text).toContain("You answer from the approved handbook only.");
      await page.getByRole("combobox", { name: "Format" }).selectOption("JSON");
      const json = await download();
      expect(Object.keys(JSON.parse(json.text).registries)).toEqual(["team"]);
      await drop(page, yaml.name, yaml.text);
      await page.getByText("There is nothing to do.").waitFor();
    });
  });

  describe("a registry", () => {
    test("is made, and its slug refused at its field where it is none", async () => {
      const page = await open("/registries");
      await button(page, "New registry").click();
      const dialog = page.getByRole("dialog", { name: "New registry" });
      await dialog.getByRole("textbox", { name: "Slug" }).fill("Not a slug");
      await button(dialog, "Create registry").click();
      await problem(dialog, "is invalid").waitFor();
      await expectGoodLooks(page);
      await dialog.getByRole("textbox", { name: "Slug" }).fill("shop");
      await dialog.getByRole("textbox", { name: "Name" }).fill("The shop");
      await button(dialog, "Create registry").click();
      await page.getByText("No profiles yet").waitFor();
      expect((await program.client().getRegistry("shop")).display_name).toBe("The shop");
    });

    test("gets another default, and modes, in its settings", async () => {
      const client = await registryWith("moded", { slug: "usual" }, { slug: "quick" });
      const page = await open("/registries/moded/settings");
      await page.getByRole("textbox", { name: "Default profile" }).fill("nobody");
      await button(page, "Save").click();
      await problem(page, /^default profile does not exist in registry/).waitFor();
      await page.getByRole("textbox", { name: "Default profile" }).fill("quick");
      await write(lines(page, "Processing modes"), '{"fast": {"profiles": ["quick"]}}');
      await button(page, "Save").click();
      await notice(page, /^Saved as version/).waitFor();
      expect(await client.getRegistry("moded")).toMatchObject({
        default_profile_slug: "quick",
        processing_modes: { fast: { profiles: ["quick"] } },
      });
    });

    test("is deleted with its profiles only once its name was written and they were named too", async () => {
      await registryWith("unwanted", { slug: "usual" });
      const page = await open("/registries/unwanted/settings");
      await button(page, "Delete registry").click();
      const dialog = page.getByRole("dialog", { name: "Delete the registry unwanted?" });
      const remove = button(dialog, "Delete unwanted");
      expect(await remove.isDisabled()).toBe(true);
      await dialog.getByRole("textbox", { name: "Write unwanted to confirm" }).fill("unwanted");
      await remove.click();
      await problem(dialog, "Not possible as things are").waitFor();
      await dialog.getByRole("checkbox", { name: "Delete all its profiles too" }).check();
      await remove.click();
      await notice(page, "Registry unwanted was deleted").waitFor();
      await expect(program.client().getRegistry("unwanted")).rejects.toMatchObject({ code: "not_found" });
    });
  });
});
