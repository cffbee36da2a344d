/** When a page has reason to think that what it read is old (spec 7.2). */
import type { ProfileClient } from "./client.js";

const CHANNEL = "profile-registry.selection";

export interface ReadAgain {
  /** That the browser's current profile is another one now. */
  tellOthers(): void;
  end(): void;
}

/** After a write through the same client, when the page is shown or back on line, and when another tab selects. */
export function whenReadAgain(client: ProfileClient, read: () => void): ReadAgain {
  const listening = new AbortController();
  const { signal } = listening;
  const endWrites = client.onWrite(read);
  // Not there outside of pages, such as where they are rendered on a server.
  if (typeof document !== "undefined") {
    const whenVisible = () => {
      if (document.visibilityState === "visible") read();
    };
    document.addEventListener("visibilitychange", whenVisible, { signal });
    addEventListener("online", read, { signal });
  }
  const channel = openChannel();
  if (channel !== undefined) channel.onmessage = read;
  return {
    tellOthers: () => channel?.postMessage(null),
    end() {
      endWrites();
      listening.abort();
      channel?.close();
    },
  };
}

/** Browsers that block cookies may refuse this too; then a choice is of its own tab. */
function openChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return undefined;
  }
}
