/** One runtime per conversation, built again exactly when the fingerprint differs from the last turn's. */

export function createRuntimes({ registry }) {
  const conversations = new Map();

  /** Asks the registry on every turn: it costs next to nothing, and a switch, an edit or a rollback shows at once. */
  const resolve = async (turn, cookie) => {
    const { conversation, profile, registry: inRegistry, processing } = turn;
    const answered = await fetch(`${registry}/api/chat/resolve`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) },
      body: JSON.stringify({ conv_id: conversation, profile, registry: inRegistry, processing }),
    });
    const resolution = await answered.json();
    if (!answered.ok) return { refused: { status: answered.status, detail: resolution.detail } };
    const held = conversations.get(conversation);
    const rebuilt = held?.fingerprint !== resolution.fingerprint;
    const runtime = rebuilt ? build(resolution) : held.runtime;
    conversations.set(conversation, { fingerprint: resolution.fingerprint, runtime });
    return { runtime, rebuilt, resolution };
  };

  /** Turns of one conversation are taken one after the other. */
  const last = new Map();
  return {
    resolve(turn, cookie) {
      const before = last.get(turn.conversation) ?? Promise.resolve();
      const now = before.catch(() => {}).then(() => resolve(turn, cookie));
      last.set(turn.conversation, now);
      return now;
    },
  };
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
