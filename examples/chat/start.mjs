/**
 * `npm run example:chat`: a chat on http://127.0.0.1:8090, over a profile registry of its own on http://127.0.0.1:8080.
 * PORT=N and REGISTRY_PORT=N put them somewhere else; PROFILE_REGISTRY_SERVER=URL uses a registry that runs already.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createChatServer } from "./chat-server.mjs";

const PROGRAM = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));
/** A processing mode to try. */
const SEED = fileURLToPath(new URL("../../docs/examples/fast-mode.yaml", import.meta.url));

const { PORT = "8090", REGISTRY_PORT = "8080", PROFILE_REGISTRY_SERVER } = process.env;

try {
  const registry = PROFILE_REGISTRY_SERVER ?? (await startRegistry());
  const { server, close } = createChatServer({ registry });
  server.listen(Number(PORT), "127.0.0.1");
  await once(server, "listening");
  console.log(`chat on http://127.0.0.1:${server.address().port}, profiles from ${registry}`);
  for (const signal of ["SIGINT", "SIGTERM"])
    process.once(signal, () => close().finally(() => process.exit()));
} catch ({ message }) {
  console.error(message);
  process.exit(1);
}

/** In memory: what is changed is gone when the chat ends. */
async function startRegistry() {
  const args = ["serve", "--port", REGISTRY_PORT, "--seed-file", SEED, "--log-level", "info"];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      const found = /listening on (http:\/\/[\d.:]+)/.exec(String(text));
      if (found) resolve(found[1]);
    });
    child.once("exit", () => reject(new Error("the profile registry did not start")));
  });
}
