/** What every store must do, whatever it keeps its documents in. */
import { describe } from "vitest";
import { changesContract } from "./contract-changes.js";
import { commitsContract } from "./contract-commits.js";
import { contentContract } from "./contract-content.js";
import { figuresContract } from "./contract-figures.js";
import { historyContract } from "./contract-history.js";
import { listsContract } from "./contract-lists.js";
import { logContract } from "./contract-log.js";
import { rememberContract } from "./contract-remember.js";
import { rolloutsContract } from "./contract-rollouts.js";
import { versionsContract } from "./contract-versions.js";
import type { OpenStore } from "./store-test.js";

/** `open` gives a store without any document, each time another one. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name} as a store`, () => {
    commitsContract(open);
    versionsContract(open);
    logContract(open);
    listsContract(open);
    historyContract(open);
    changesContract(open);
    contentContract(open);
    rememberContract(open);
    rolloutsContract(open);
    figuresContract(open);
  });
}
