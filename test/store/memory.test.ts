import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { storeContract } from "./contract.js";
import { createRegistry, write } from "./documents.js";

storeContract("memory", async () => {
  const store = await openSqliteStore();
  return { store, [Symbol.asyncDispose]: () => store.close() };
});

test("two stores in memory have nothing in common", async () => {
  const [one, other] = [await openSqliteStore(), await openSqliteStore()];
  await write(one, createRegistry("r"));
  expect(await other.revision()).toBe(0);
  await Promise.all([one.close(), other.close()]);
});
