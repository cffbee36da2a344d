/** What the example chat shows of a processing mode while its rollout is turned up and back by somebody else (spec 5). */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { RolloutChanges } from "../../web/client/index.js";
import { describeInChromium } from "../browsers/chromium.js";
import { violations } from "../web/selector-page.js";
import { notice, say, selected, sharedChat } from "./support/chat.js";
import { openPage } from "./support/page.js";
import { sharedProgram } from "./support/program.js";

const FAST_MODE = new URL("../../docs/examples/fast-mode.yaml", import.meta.url);

describeInChromium("a processing mode in the example chat", (chromium) => {
  const program = sharedProgram();
  const chat = sharedChat(program);

  const set = async (changes: RolloutChanges, client = program.client()): Promise<void> => {
    await client.updateRollout(await client.getRollout("fast"), {
      ...changes,
      force: true,
      reason: "a test",
    });
  };
  const toggle = (page: Page, checked: boolean) => page.getByRole("switch", { name: "Fast", checked });
  const open = async (path = "/") => {
    const page = await openPage(chromium, `${chat()}${path}`);
    await selected(page, "Assistant").waitFor();
    return page;
  };
  /** A chat that asks for the mode. */
  const openFast = async (path?: string) => {
    const page = await open(path);
    await toggle(page, false).click();
    await toggle(page, true).waitFor();
    return page;
  };

  beforeAll(async () => {
    await program.client().importRegistries(await readFile(FAST_MODE, "utf8"));
  });
  beforeEach(async () => {
    await program.client().rollbackRollout({ registry: "default", mode: "fast" }, "hard");
    await set({ stages: [100] });
  });

  test("is not offered before its UI is turned on, though it runs", async () => {
    const page = await open();
    await set({ contract_enabled: true, runtime_enabled: true, percentage: 100 });
    expect((await say(page, "Hello")).note).toBe("assistant v1 · new runtime");
    await page.reload();
    await selected(page, "Assistant").waitFor();
    expect(await page.getByRole("switch").count()).toBe(0);
  });

  test("applies from the turn after its rollout was advanced", async () => {
    await set({ contract_enabled: true, runtime_enabled: true, ui_enabled: true });
    const page = await openFast();
    expect(await violations(page)).toEqual([]);
    expect((await say(page, "Hello")).note).toBe("assistant v1 · new runtime · mode fast: not in rollout");
    const client = program.client();
    await client.advanceRollout(await client.getRollout("fast"));
    expect(await say(page, "And now?")).toEqual({
      text: "You said “And now?”. This turn ran with assistant v1, gpt-5-mini, mode fast. It could use search, calculator.",
      note: "assistant v1 · new runtime · mode fast",
    });
    expect((await say(page, "Still?")).note).toBe("assistant v1 · held runtime · mode fast");
  });

  test("that is turned off by whoever chats ends with that turn", async () => {
    await set({ contract_enabled: true, runtime_enabled: true, ui_enabled: true, percentage: 100 });
    const page = await openFast();
    expect((await say(page, "Hello")).note).toBe("assistant v1 · new runtime · mode fast");
    await toggle(page, true).press("Space");
    expect((await say(page, "Slowly")).note).toBe("assistant v1 · new runtime");
  });

  test.each([
    ["soft", "mode fast: runtime disabled"],
    ["hard", "mode fast: contract disabled"],
  ] as const)(
    "a %s rollback while a chat runs: its next turn is default, and the toggle goes",
    async (kind, why) => {
      await set({ contract_enabled: true, runtime_enabled: true, ui_enabled: true, percentage: 100 });
      const page = await openFast();
      expect((await say(page, "Hello")).note).toBe("assistant v1 · new runtime · mode fast");

      await program.client().rollbackRollout({ registry: "default", mode: "fast" }, kind);
      const { text, note } = await say(page, "And now?");
      expect(text).toContain("ran with assistant v1, gpt-5. It could use");
      expect(note).toBe(`assistant v1 · new runtime · ${why}`);
      await page.getByRole("switch").waitFor({ state: "detached" });
      await notice(page, "The mode “fast” is no longer there.").waitFor();
      expect((await say(page, "Still?")).note).toBe("assistant v1 · held runtime");
    },
  );

  test("its turns reach the report of its rollout", async () => {
    const client = program.client("reported");
    await client.createRegistry({ slug: "reported", processing_modes: { fast: { profiles: ["fast-v1"] } } });
    await client.createProfile({ slug: "assistant", display_name: "Assistant", set_default: true });
    await client.createProfile({ slug: "fast-v1" });
    await set({ contract_enabled: true, runtime_enabled: true, ui_enabled: true, percentage: 100 }, client);
    const page = await openFast("/?registry=reported");
    await say(page, "One");
    await say(page, "Two");
    await toggle(page, true).click();
    await say(page, "Three");
    const counted = async () => {
      const { mode_figures, control_figures } = await client.getRolloutReport("fast");
      return { fast: mode_figures.samples, default: control_figures.samples };
    };
    await expect.poll(counted, { timeout: 10_000 }).toEqual({ fast: 2, default: 1 });
    const { mode_figures } = await client.getRolloutReport("fast");
    expect(mode_figures).toMatchObject({ errors: 0, mismatches: 0 });
  });
});
