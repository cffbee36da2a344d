import { expect, test } from "vitest";
import { describeInChromium } from "./chromium.js";
import { call, send } from "./in-page.js";
import { sharedService } from "./service.js";
import { pageWith, redirectTo, sharedSite } from "./site.js";

describeInChromium("a page whose Origin is null", ({ open }) => {
  const site = sharedSite();
  const service = sharedService(() => ({ "cors-origin": [site.origin()] }));
  const setDefault = () => `${service.url()}/api/chat/profiles/agent/default`;
  const REFUSED = "403 POST /api/chat/profiles/:slug/default";

  /** The frame of a page on the allowed origin, which takes its origin from it. */
  async function sandboxed(attributes: string) {
    const page = await open(
      pageWith(site.origin(), `<iframe sandbox="allow-scripts allow-forms" ${attributes}>`),
    );
    const frame = page.frames()[1];
    if (frame === undefined) throw new Error("the page has no frame");
    await frame.waitForLoadState();
    expect(await frame.evaluate("origin")).toBe("null");
    return frame;
  }

  test.each([
    ["in a sandboxed frame of an allowed page", () => 'srcdoc="<p>A frame"'],
    ["in a sandboxed frame that shows our own page", () => `src="${service.url()}/healthz"`],
  ])("%s can neither read nor write", async (_name, attributes) => {
    const frame = await sandboxed(attributes());
    const before = await service.revision();
    expect(await send(frame, `${service.url()}/api/chat/profiles`)).toEqual({ type: "failed" });
    expect(await send(frame, setDefault(), { method: "POST" })).toEqual({ type: "failed" });
    expect(await send(frame, setDefault(), { method: "POST", mode: "no-cors" })).toEqual({ type: "opaque" });
    expect(await send(frame, setDefault(), { method: "POST", json: {} })).toEqual({ type: "failed" });
    expect(service.answers()).toEqual([
      "200 GET /api/chat/profiles",
      REFUSED,
      REFUSED,
      "204 OPTIONS /api/chat/profiles/:slug/default",
    ]);
    expect(await service.revision()).toBe(before);
  });

  test("in a sandboxed frame cannot write over RPC", async () => {
    const frame = await sandboxed('srcdoc="<p>A frame"');
    const before = await service.revision();
    for (const protocol of ["Connect", "gRPC-Web"] as const) {
      const request = { slug: "agent" };
      const outcome = await call(frame, {
        baseUrl: service.url(),
        protocol,
        method: "DeleteProfile",
        request,
      });
      expect(outcome.code).toBe("Unknown");
    }
    expect(service.answers()).toEqual([]);
    expect(await service.revision()).toBe(before);
  });

  test("cannot write by a form that hides where it comes from", async () => {
    const form = `<meta name="referrer" content="no-referrer"><form method="post" action="${setDefault()}"><button>Go</button>`;
    const before = await service.revision();
    const page = await open(pageWith(site.origin(), form));
    await page.click("button");
    await expect.poll(service.answers).toEqual([REFUSED]);
    expect(await service.revision()).toBe(before);
  });

  test("cannot write by way of another site's redirect, even where it began on an allowed origin", async () => {
    const before = await service.revision();
    const page = await open(site.origin());
    await send(page, redirectTo(site.localhost(), setDefault()), { method: "POST", mode: "no-cors" });
    await expect.poll(service.answers).toEqual([REFUSED]);
    expect(await service.revision()).toBe(before);
  });
});
