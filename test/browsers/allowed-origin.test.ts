import { describe, expect, test } from "vitest";
import { testAdmittedPage } from "./admitted-page.js";
import { describeInChromium } from "./chromium.js";
import { jsonOf, send } from "./in-page.js";
import { sharedService } from "./service.js";
import { sharedSite } from "./site.js";

describeInChromium("a page on an origin of --cors-origin", ({ open, shared }) => {
  const site = sharedSite();
  const other = sharedSite();
  const service = sharedService(() => ({
    "cors-origin": [site.origin(), site.localhost(), other.origin()],
  }));
  const api = (path: string) => `${service.url()}/api/chat${path}`;

  describe("on our own host, another port", () => {
    testAdmittedPage(shared(site.origin), service.url);
  });

  test("it reads what the browser keeps from another allowed origin's request", async () => {
    const page = await open(site.origin());
    const first = await send(page, api("/resolve"));
    await page.goto(other.origin());
    expect(await send(page, api("/resolve"))).toMatchObject({ status: 200, text: first.text });
    expect(service.answers()).toEqual(["200 GET /api/chat/resolve", "304 GET /api/chat/resolve"]);
  });

  test("from another site it reads and writes, but the choice of a profile is not kept", async () => {
    const page = await open(site.localhost());
    expect((await send(page, api("/profiles"), { method: "POST", json: { slug: "afar" } })).status).toBe(201);
    const chosen = await send(page, api("/profile"), { method: "POST", json: { slug: "afar" } });
    expect(chosen.status).toBe(200);
    // SameSite=Lax.
    expect(await page.context().cookies()).toEqual([]);
    expect(jsonOf(await send(page, api("/resolve")))).toMatchObject({ selection: { source: "default" } });
  });

  test("from another site the choice made on our own site is not sent along", async () => {
    const page = await open(site.origin());
    await send(page, api("/profile"), { method: "POST", json: { slug: "agent" } });
    await page.goto(site.localhost());
    expect(jsonOf(await send(page, api("/profile")))).toMatchObject({ source: "default" });
    await page.goto(site.origin());
    expect(jsonOf(await send(page, api("/profile")))).toMatchObject({ slug: "agent", source: "cookie" });
  });
});
