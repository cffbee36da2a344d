/** Tabs of one browser: each with a client and a selection of its own, all with the browser's cookies. */
import { onTestFinished } from "vitest";
import {
  type ClientOptions,
  createProfileClient,
  createSelection,
  type ProfileClient,
  type ProfileSelection,
  type SelectionSnapshot,
} from "../../web/client/index.js";

export interface Browser {
  /** Another tab. Read in full when it is given. */
  open(options: ClientOptions): Promise<Tab>;
  /** Whether it takes cookies. */
  blocksCookies: boolean;
  /** Stands before every request: what it returns is the answer. */
  intercept?: (method: string, path: string) => Promise<Response | undefined>;
}

export interface Tab {
  client: ProfileClient;
  selection: ProfileSelection;
  /** The first snapshot, from now on, of which this is so. */
  until(holds: (snapshot: SelectionSnapshot) => boolean): Promise<SelectionSnapshot>;
}

/** One for a test. */
export function browser(): Browser {
  let cookie = "";
  const send: typeof fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    const intercepted = await opened.intercept?.(init?.method ?? "GET", pathname);
    if (intercepted !== undefined) return intercepted;
    const headers = new Headers(init?.headers);
    if (cookie !== "") headers.set("cookie", cookie);
    const answer = await fetch(input, { ...init, headers });
    const set = answer.headers.get("set-cookie");
    if (set !== null && !opened.blocksCookies) cookie = set.split(";", 1)[0] ?? "";
    return answer;
  };
  const opened: Browser = {
    blocksCookies: false,
    async open(options) {
      const client = createProfileClient({ fetch: send, ...options });
      const selection = createSelection(client);
      onTestFinished(() => selection.close());
      const until: Tab["until"] = (holds) =>
        new Promise((resolve) => {
          const end = selection.subscribe((snapshot) => {
            if (!holds(snapshot)) return;
            resolve(snapshot);
            queueMicrotask(() => end());
          });
        });
      await until(({ status }) => status !== "loading");
      return { client, selection, until };
    },
  };
  return opened;
}

/** What people see of it. */
export function seen({ selection }: Tab) {
  const { status, selected, source, notice } = selection.getSnapshot();
  return { status, selected: selected?.slug, source, notice: notice?.text };
}
