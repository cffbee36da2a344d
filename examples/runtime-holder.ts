/** Keeps one runtime per conversation, and builds a new one exactly when the fingerprint differs. */

/** What `POST /api/chat/resolve` answers, as far as a chat service needs it. */
export interface Resolution {
  profile: string;
  profile_version: number;
  runtime: {
    system_prompt?: string;
    middlewares?: { name: string; id?: string; enabled?: boolean; config?: Record<string, unknown> }[];
    tools?: string[];
  };
  step_settings: Record<string, Record<string, unknown>>;
  fingerprint: string;
}

/** A turn as it came from the browser. */
export interface Turn {
  conversation: string;
  /** The Cookie header of the browser's request. */
  cookie?: string;
  /** The profile that this turn asks for, whatever the cookie says. */
  profile?: string;
}

interface Held<Runtime> {
  fingerprint: string;
  runtime: Runtime;
}

export function createRuntimeHolder<Runtime>(
  server: string,
  build: (resolution: Resolution) => Runtime | Promise<Runtime>,
) {
  const conversations = new Map<string, Promise<Held<Runtime> | undefined>>();

  return {
    /** The runtime that a turn runs with. Turns of one conversation are taken one after the other. */
    async runtimeFor(turn: Turn): Promise<Runtime> {
      const before = conversations.get(turn.conversation) ?? Promise.resolve(undefined);
      const now = before.then(async (held): Promise<Held<Runtime>> => {
        const resolution = await resolveTurn(server, turn);
        if (held?.fingerprint === resolution.fingerprint) return held;
        return { fingerprint: resolution.fingerprint, runtime: await build(resolution) };
      });
      // A turn that failed leaves the runtime of the turn before it.
      conversations.set(
        turn.conversation,
        now.catch(() => before),
      );
      return (await now).runtime;
    },

    /** The conversation is over. */
    forget(conversation: string): void {
      conversations.delete(conversation);
    },
  };
}

async function resolveTurn(server: string, { conversation, cookie, profile }: Turn): Promise<Resolution> {
  const response = await fetch(`${server}/api/chat/resolve`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) },
    body: JSON.stringify({ conv_id: conversation, profile }),
  });
  const answer = (await response.json()) as Resolution & { detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `the profile registry answered ${response.status}`);
  return answer;
}
