import { userInfo } from "node:os";

/** Who writes where a command works on a store (spec 1.2). A user without a name, as containers have them, is `anonymous`. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "anonymous";
  }
}
