/** One runtime per conversation, built again exactly when the fingerprint differs from the last turn's. */
import { refusal, UNREACHABLE } from "./refusal.mjs";

/** Pages do not say that they are closed: the conversation without a turn for longest makes room. */
const MOST_HELD = 1_000;

export function createRuntimes({ registry }) {
  const conversations = new Map();

  return {
    /**
     * The runtime that a turn runs with. The registry is asked on every turn: it costs next to nothing, and a switch, an edit or a
     * rollback shows at once. Turns of one conversation are taken one after the other.
     */
    resolve(turn, cookie) {
      const before = conversations.get(turn.conversation) ?? Promise.resolve(undefined);
      const now = before.then(async (held) => {
        const resolution = await ask(registry, turn, cookie);
        const rebuilt = held?.resolution.fingerprint !== resolution.fingerprint;
        return { runtime: rebuilt ? build(resolution) : held.runtime, rebuilt, resolution };
      });
      conversations.delete(turn.conversation);
      // A turn that failed leaves the runtime of the turn before it.
      conversations.set(
        turn.conversation,
        now.catch(() => before),
      );
      const [oldest] = conversations.keys();
      if (conversations.size > MOST_HELD) conversations.delete(oldest);
      return now;
    },
  };
}

async function ask(registry, { conversation, profile, registry: inRegistry, processing }, cookie) {
  let status;
  let resolution;
  try {
    const answered = await fetch(`${registry}/api/chat/resolve`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) },
      body: JSON.stringify({ conv_id: conversation, profile, registry: inRegistry, processing }),
    });
    status = answered.status;
    resolution = await answered.json();
  } catch {
    throw refusal(502, UNREACHABLE);
  }
  if (status !== 200) throw refusal(status, resolution.detail ?? `the profile registry answered ${status}`);
  return resolution;
}

/** Where a product opens its clients and wires its tools. */
function build({ profile, profile_version, runtime, step_settings, processing }) {
  return {
    name: `${profile} v${profile_version}`,
    mode: processing.applied_mode,
    prompt: runtime.system_prompt ?? "",
    tools: runtime.tools ?? [],
    middlewares: (runtime.middlewares ?? []).filter(({ enabled }) => enabled !== false),
    engine: step_settings["ai-chat"]?.["ai-engine"] ?? "no engine",
  };
}
