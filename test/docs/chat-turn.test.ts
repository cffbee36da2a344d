/** docs/chat-turn.md, step by step: what a chat service does with the registry on each turn. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRuntimeHolder, type Resolution, type Turn } from "../../examples/runtime-holder.js";
import { type RunningServer, startServer } from "./running-server.js";

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function send(method: string, path: string, body: object, cookie?: string): Promise<Response> {
  return fetch(`${server.url}/api/chat${path}`, {
    method,
    headers: { "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) },
    body: JSON.stringify(body),
  });
}

/** Picks a profile as a browser does, and returns the cookie that it then sends. */
async function pick(slug: string): Promise<string> {
  const response = await send("POST", "/profile", { slug });
  expect(response.status).toBe(200);
  const [cookie = ""] = response.headers.getSetCookie();
  return cookie.split(";", 1)[0] ?? "";
}

interface ResolvedTurn extends Resolution {
  conv_id: string;
  selection: { source: string };
}

async function turn(body: object, cookie?: string): Promise<ResolvedTurn> {
  const response = await send("POST", "/resolve", { conv_id: "c-1", prompt: "Hello", ...body }, cookie);
  expect(response.status).toBe(200);
  return (await response.json()) as ResolvedTurn;
}

async function edit(slug: string, body: object): Promise<{ metadata: { version: number } }> {
  const response = await send("PATCH", `/profiles/${slug}`, body);
  expect(response.status).toBe(200);
  return (await response.json()) as { metadata: { version: number } };
}

describe("a chat turn", () => {
  it("runs with the profile that the browser has picked, when it names none", async () => {
    const cookie = await pick("agent");
    expect(cookie).toBe("chat_profile=agent");
    expect(await turn({}, cookie)).toMatchObject({
      conv_id: "c-1",
      profile: "agent",
      selection: { source: "cookie" },
    });
  });

  it("runs with the default profile where nothing is picked", async () => {
    expect(await turn({})).toMatchObject({ profile: "default", selection: { source: "default" } });
  });

  it("runs with the profile that it names, whatever the cookie says, and only that once", async () => {
    const cookie = await pick("agent");
    expect(await turn({ profile: "default" }, cookie)).toMatchObject({
      profile: "default",
      selection: { source: "body" },
    });
    expect(await turn({}, cookie)).toMatchObject({ profile: "agent" });
  });

  it("runs with the other profile once the browser has switched", async () => {
    const before = await turn({}, await pick("agent"));
    const after = await turn({}, await pick("default"));
    expect([before.profile, after.profile]).toEqual(["agent", "default"]);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it("runs with an edit: the PATCH moves version and fingerprint", async () => {
    const before = await turn({ profile: "default" });
    const { metadata } = await edit("default", { runtime: { system_prompt: "You are a careful assistant" } });
    const after = await turn({ profile: "default" });
    expect(metadata.version).toBe(before.profile_version + 1);
    expect(after.profile_version).toBe(metadata.version);
    expect(after.runtime.system_prompt).toBe("You are a careful assistant");
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });
});

describe("a runtime holder", () => {
  /** A holder over the server, and what it has built. */
  function hold() {
    const built: Resolution[] = [];
    const holder = createRuntimeHolder(server.url, async (resolution) => {
      built.push(resolution);
      return { prompt: resolution.runtime.system_prompt, fingerprint: resolution.fingerprint };
    });
    return { built, ...holder };
  }

  it("builds once for all turns of a conversation while nothing changes", async () => {
    const { built, runtimeFor } = hold();
    const turnOne: Turn = { conversation: "c-1", profile: "agent" };
    const first = await runtimeFor(turnOne);
    expect(await runtimeFor(turnOne)).toBe(first);
    expect(await runtimeFor(turnOne)).toBe(first);
    expect(built).toHaveLength(1);
  });

  it("builds anew after a switch, and again after the switch back", async () => {
    const { built, runtimeFor } = hold();
    for (const slug of ["agent", "default", "default", "agent"]) {
      await runtimeFor({ conversation: "c-1", cookie: await pick(slug) });
    }
    expect(built.map(({ profile }) => profile)).toEqual(["agent", "default", "agent"]);
  });

  it("builds anew after an edit of the profile it runs with, and not after one of another", async () => {
    const { built, runtimeFor } = hold();
    const cookie = await pick("agent");
    await runtimeFor({ conversation: "c-1", cookie });
    await edit("default", { description: "Edited." });
    await runtimeFor({ conversation: "c-1", cookie });
    expect(built).toHaveLength(1);
    await edit("agent", { description: "Edited." });
    await runtimeFor({ conversation: "c-1", cookie });
    expect(built).toHaveLength(2);
  });

  it("keeps conversations apart", async () => {
    const { built, runtimeFor } = hold();
    const one = await runtimeFor({ conversation: "c-1", profile: "agent" });
    const other = await runtimeFor({ conversation: "c-2", profile: "agent" });
    expect(other).not.toBe(one);
    expect(built).toHaveLength(2);
  });

  it("builds once when turns of one conversation come together", async () => {
    const { built, runtimeFor } = hold();
    const turns = Array.from({ length: 5 }, () => runtimeFor({ conversation: "c-1", profile: "agent" }));
    expect(new Set(await Promise.all(turns)).size).toBe(1);
    expect(built).toHaveLength(1);
  });

  it("fails a turn that cannot be resolved, with the registry's reason, and keeps the runtime for the next", async () => {
    const { built, runtimeFor } = hold();
    const kept = await runtimeFor({ conversation: "c-1", profile: "agent" });
    await expect(runtimeFor({ conversation: "c-1", profile: "gone" })).rejects.toThrow(
      "profile not found: gone",
    );
    expect(await runtimeFor({ conversation: "c-1", profile: "agent" })).toBe(kept);
    expect(built).toHaveLength(1);
  });

  it("has nothing left of a conversation that it forgets", async () => {
    const { built, runtimeFor, forget } = hold();
    await runtimeFor({ conversation: "c-1", profile: "agent" });
    forget("c-1");
    await runtimeFor({ conversation: "c-1", profile: "agent" });
    expect(built).toHaveLength(2);
  });
});
