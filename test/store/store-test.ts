/** A fresh store for every test. */
import { test } from "vitest";
import type { Store } from "../../src/store/store.js";

export interface OpenedStore {
  store: Store;
  [Symbol.asyncDispose](): Promise<void>;
}

export type OpenStore = () => Promise<OpenedStore>;

export function storeTest(open: OpenStore) {
  return test.extend<{ store: Store }>({
    store: async ({ task: _ }, use) => {
      const opened = await open();
      await use(opened.store);
      await opened[Symbol.asyncDispose]();
    },
  });
}
