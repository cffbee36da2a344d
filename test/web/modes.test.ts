/** Processing modes and rollouts, as a page sees them (spec 5, 7.2). */
import { describe, expect, test } from "vitest";
import { createProfileClient, type ProfileClient, type ShownRollout } from "../../web/client/index.js";
import { sharedServer } from "../support/rest.js";
import { browser, seen } from "./tab.js";
import { refusalOf } from "./watched-client.js";

const server = sharedServer();

/** A registry with the mode `fast`; where it is `visible`, browsers may offer it. */
async function registryWithMode(registry: string, visible = true): Promise<ProfileClient> {
  const client = createProfileClient({ baseUrl: server.url(), registry });
  const created = await client.createRegistry({ slug: registry });
  await client.createProfile({ slug: "usual", set_default: true });
  await client.createProfile({ slug: "fast-v1" });
  const read = { ...created, metadata: { version: 0 } };
  await client.updateRegistry(read, {
    processing_modes: { fast: { profiles: ["fast-v1"], description: "Short." } },
  });
  if (visible) await show(client);
  return client;
}

async function show(client: ProfileClient): Promise<ShownRollout> {
  const changes = { contract_enabled: true, runtime_enabled: true, ui_enabled: true, percentage: 100 };
  const forced = { ...changes, force: true, reason: "a test" };
  return client.updateRollout(await client.getRollout("fast"), forced);
}

describe("a rollout", () => {
  test("is read, changed by what was read of it, advanced and turned back", async () => {
    const client = await registryWithMode("rollouts", false);
    const [read] = await client.listRollouts();
    expect(read).toMatchObject({ registry: "rollouts", mode: "fast", percentage: 0 });
    const on = await client.updateRollout(read!, { contract_enabled: true, runtime_enabled: true });
    expect(await refusalOf(client.updateRollout(read!, { percentage: 0 }))).toMatchObject({
      code: "version_conflict",
    });
    const advanced = await client.advanceRollout(on);
    expect(advanced.percentage).toBe(1);
    expect(await refusalOf(client.advanceRollout(advanced))).toMatchObject({ code: "failed_precondition" });
    // Made from what was read long ago: nothing is in the way of a rollback.
    const back = await client.rollbackRollout(read!, "hard", { reason: "a test" });
    expect(back).toMatchObject({ percentage: 0, contract_enabled: false, runtime_enabled: false });
    expect(await client.getRollout("fast")).toEqual(back);
  });

  test("gets outcomes and gives its report", async () => {
    const client = await registryWithMode("reports");
    const ran = { mode: "fast", resolved_mode: "fast", applied_mode: "fast", latency_ms: 120, success: true };
    expect(await client.reportOutcomes([{ ...ran, registry: "reports" }])).toEqual({
      accepted: 1,
      dropped: 0,
    });
    expect(await client.getRolloutReport("fast")).toMatchObject({ mode: "fast", percentage: 100 });
  });
});

describe("the selection", () => {
  test("offers the modes that are visible", async () => {
    const client = await registryWithMode("offered", false);
    const tab = await browser().open({ baseUrl: server.url(), registry: "offered" });
    expect(tab.selection.getSnapshot().modes).toEqual([]);
    tab.selection.selectMode("fast");
    expect(tab.selection.turn()).toEqual({ profile: "usual", registry: "offered" });
    await show(client);
    await tab.selection.refresh();
    expect(tab.selection.getSnapshot().modes).toEqual([
      { mode: "fast", description: "Short.", profiles: ["fast-v1"], visible: true },
    ]);
  });

  test("sends the mode that was chosen, until it is chosen no more", async () => {
    await registryWithMode("chosen");
    const { selection, client } = await browser().open({ baseUrl: server.url(), registry: "chosen" });
    selection.selectMode("fast");
    expect(selection.turn()).toEqual({ profile: "usual", registry: "chosen", processing: { mode: "fast" } });
    expect(await client.resolve(selection.turn())).toMatchObject({
      processing: { applied_mode: "fast", profile: "fast-v1" },
    });
    selection.selectMode(undefined);
    expect(selection.turn()).toEqual({ profile: "usual", registry: "chosen" });
  });

  test("drops a mode that has become invisible from the next turn on, with a notice", async () => {
    const client = await registryWithMode("dropped");
    const tab = await browser().open({ baseUrl: server.url(), registry: "dropped" });
    tab.selection.selectMode("fast");
    await client.rollbackRollout({ registry: "dropped", mode: "fast" }, "soft");
    expect(tab.selection.turn().processing).toEqual({ mode: "fast" });
    await tab.until(({ mode }) => mode === undefined);
    expect(tab.selection.turn()).toEqual({ profile: "usual", registry: "dropped" });
    expect(seen(tab).notice).toBe("The mode “fast” is no longer there.");
  });
});
