/**
 * `npm run example:chat`: a chat on http://127.0.0.1:8090, over a profile registry of its own on http://127.0.0.1:8080.
 * PROFILE_REGISTRY_SERVER=URL uses one that runs already; PORT=N serves the chat somewhere else.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createChatServer } from "./chat-server.mjs";

const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const given = process.env.PROFILE_REGISTRY_SERVER;
const registry = given ?? (await startRegistry());
const { server, close } = createChatServer({ registry });
server.listen(Number(process.env.PORT ?? 8090), "127.0.0.1");
await once(server, "listening");
console.log(`chat on http://127.0.0.1:${server.address().port}, profiles from ${registry}`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => close().finally(() => process.exit()));

/** In memory, with a processing mode to try; the console is under /console/ of its address. */
async function startRegistry() {
  const seed = path("docs/examples/fast-mode.yaml");
  const args = [
    "serve",
    "--port",
    process.env.REGISTRY_PORT ?? "8080",
    "--seed-file",
    seed,
    "--log-level",
    "info",
  ];
  const child = spawn(process.execPath, [path("dist/src/main.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill());
  const address = new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      const found = /listening on (http:\/\/[\d.:]+)/.exec(String(text));
      if (found) resolve(found[1]);
    });
    child.once("exit", () => reject(new Error("the profile registry did not start")));
  });
  return address;
}
