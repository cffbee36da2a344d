/** Whole registries as files, through the browser client. */
import { expect, test } from "vitest";
import { createProfileClient } from "../../web/client/index.js";
import { serverForTest } from "../support/server.js";
import { refusalOf } from "./watched-client.js";

test("what one server exports another one imports, the plan first", async () => {
  const [from, to] = [await serverForTest(), await serverForTest()].map(({ url }) =>
    createProfileClient({ baseUrl: url }),
  );
  await from!.createRegistry({ slug: "team" });
  await from!.createProfile({ slug: "support", description: "Helps." }, { registry: "team" });
  for (const format of ["yaml", "json"] as const) {
    const file = await (await from!.exportRegistries({ registry: "team", format })).blob();
    const options = { registry: "team", fileName: `team.${format}` };
    const plan = await to!.importRegistries(file, { ...options, validateOnly: true });
    expect(plan.counts).toMatchObject({ created: format === "yaml" ? 2 : 0 });
    expect(await to!.importRegistries(file, options)).toMatchObject({ counts: plan.counts });
  }
  expect(await to!.getProfile("support", { registry: "team" })).toMatchObject({ description: "Helps." });
});

test("a file that cannot be read is refused with the place where it is wrong", async () => {
  const { url } = await serverForTest();
  const refused = createProfileClient({ baseUrl: url }).importRegistries("registries: [", {
    fileName: "wrong.yaml",
  });
  expect(await refusalOf(refused)).toMatchObject({
    status: 400,
    detail: expect.stringContaining("wrong.yaml"),
  });
});
