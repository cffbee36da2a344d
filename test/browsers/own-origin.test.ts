import { describe, expect, test } from "vitest";
import { testAdmittedPage } from "./admitted-page.js";
import { describeInChromium } from "./chromium.js";
import { jsonOf, send } from "./in-page.js";
import { sharedService } from "./service.js";

describeInChromium("a page on our own origin", ({ open, shared }) => {
  const service = sharedService();

  describe("without --cors-origin", () => {
    testAdmittedPage(
      shared(() => `${service.url()}/healthz`),
      service.url,
    );
  });

  test.each([
    ["127.0.0.1", service.url],
    ["localhost", service.localhost],
  ])("on %s, over plain HTTP, Chromium keeps the Secure cookie and sends it back", async (host, url) => {
    const page = await open(`${url()}/healthz`);
    const chosen = await send(page, `${url()}/api/chat/profile`, { method: "POST", json: { slug: "agent" } });
    expect(chosen.status).toBe(200);
    expect(await page.context().cookies()).toEqual([
      {
        name: "chat_profile",
        value: "agent",
        domain: host,
        path: "/",
        expires: -1,
        httpOnly: true,
        secure: true,
        sameSite: "Lax",
      },
    ]);
    expect(jsonOf(await send(page, `${url()}/api/chat/profile`))).toMatchObject({ source: "cookie" });
  });

  test("a page on localhost is on another origin than 127.0.0.1 of the same port", async () => {
    const page = await open(`${service.localhost()}/healthz`);
    const before = await service.revision();
    const set = await send(page, `${service.url()}/api/chat/profiles/agent/default`, { method: "POST" });
    expect(set).toEqual({ type: "failed" });
    expect(service.answers()).toEqual(["403 POST /api/chat/profiles/:slug/default"]);
    expect(await service.revision()).toBe(before);
  });

  test("scripts cannot see the cookie", async () => {
    const page = await open(`${service.url()}/healthz`);
    await send(page, "/api/chat/profile", { method: "POST", json: { slug: "agent" } });
    expect(await page.evaluate("document.cookie")).toBe("");
  });
});
