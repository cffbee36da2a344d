/** `profile …`: looking at profiles and going back to what they were (spec 6.4). */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { addProfileGet } from "./profile-get.js";
import { addProfileDiff, addProfileHistory } from "./profile-history.js";
import { addProfileList } from "./profile-list.js";
import { addProfileLock, addProfileRollback } from "./profile-write.js";

export function addProfile(program: Command, env: Environment): void {
  const group = program
    .command("profile")
    .description("Look at profiles, at what they were, and go back to it.")
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry profile list --server http://127.0.0.1:8080
  $ profile-registry profile history agent --profile-registry-db ./data/profiles.db
  $ profile-registry profile rollback agent --to 3 --server http://127.0.0.1:8080`,
    );
  addProfileList(group, env);
  addProfileGet(group, env);
  addProfileHistory(group, env);
  addProfileDiff(group, env);
  addProfileRollback(group, env);
  addProfileLock(group, env);
}
