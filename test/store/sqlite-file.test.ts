import { join } from "node:path";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { storeContract } from "./contract.js";
import { makeTempDirectory } from "./temp.js";

storeContract("an SQLite file", async () => {
  const directory = makeTempDirectory();
  const store = await openSqliteStore({ path: join(directory.path, "profiles.db") });
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      directory.remove();
    },
  };
});
