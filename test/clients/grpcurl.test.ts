import { expect, test } from "vitest";
import { type Taken, TIMEOUT_MS, takeSteps } from "./follow.js";
import { stepsOf } from "./guide.js";

const ABORTED = 10;

test(
  "grpcurl lists, creates, learns of a conflict and resolves without our files",
  async (context) => {
    const reader = { steps: stepsOf("grpcurl"), tools: { grpcurl: "grpcurl -version" } };
    const taken: Taken[] = [];
    for await (const one of takeSteps(reader, context)) taken.push(one);
    const [list, create, update, conflict, read, updateAgain, resolve, resolveAgain] = taken;

    expect(answer(list)).toMatchObject({ profiles: [{ slug: "agent" }, { slug: "default" }] });
    expect(answer(create)).toMatchObject({ profile: { slug: "greeter", metadata: { version: 1 } } });
    expect(answer(update)).toMatchObject({
      profile: { displayName: "Greeter", metadata: { version: 2 } },
    });
    expect(conflict?.code).toBe(64 + ABORTED);
    expect(withoutSpace(conflict?.stderr)).toBe(withoutSpace(conflict?.step.prints));
    expect(answer(read)).toMatchObject({ profile: { metadata: { version: 2 } } });
    expect(answer(updateAgain)).toMatchObject({ profile: { metadata: { version: 3 } } });
    expect(answer(resolve)).toMatchObject({
      runtime: { systemPrompt: "Greet people in rhyme." },
      stepSettings: { "ai-chat": { "ai-engine": "gpt-5" } },
    });
    expect(answer(resolveAgain)).toMatchObject({ profile: "greeter", unchanged: true });
    expect(answer(resolveAgain)).not.toHaveProperty("runtime");
  },
  TIMEOUT_MS,
);

function answer(taken: Taken | undefined): unknown {
  expect(taken?.code, taken?.stderr).toBe(0);
  return JSON.parse(taken?.stdout ?? "");
}

/** grpcurl's indentation differs between its versions. */
function withoutSpace(text: string | undefined): string | undefined {
  return text?.replace(/\s+/g, "");
}
