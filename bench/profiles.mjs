/** Databases of many profiles, and a service on each. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { copyFile } from "node:fs/promises";
import { program, serve, temporary } from "./processes.mjs";

/** Slugs of one length, so that all answers have one too. */
export function slug(i) {
  return `p-${String(i).padStart(6, "0")}`;
}

const databases = new Map();
const services = new Map();

/** A database of `count` profiles, built once. Half of the turns that ask for its mode `fast` get it. */
export function database(count) {
  if (!databases.has(count)) databases.set(count, build(count));
  return databases.get(count);
}

/** A service on a database of its own of `count` profiles, started once for each `name`. */
export function service(count, name) {
  const id = `${count}-${name}`;
  if (!services.has(id)) services.set(id, open(count, id));
  return services.get(id);
}

async function open(count, id) {
  const path = temporary(`${id}.db`);
  await copyFile(await database(count), path);
  return serve(path);
}

async function build(count) {
  const file = temporary(`${count}.yaml`);
  const path = temporary(`${count}.db`);
  const database = ["--profile-registry-db", path];
  await writeFile(file, count);
  // An import goes into a database that is there.
  await (await serve(path)).stop();
  await program("import", file, "--yes", ...database);
  const rollout = [
    "--contract",
    "on",
    "--runtime",
    "on",
    "--percentage",
    "50",
    "--force",
    "--reason",
    "bench",
  ];
  await program("rollout", "set", "fast", ...rollout, ...database);
  return path;
}

/** Profiles as teams have them: a prompt, settings, a middleware with its config, tools. */
async function writeFile(path, count) {
  const out = createWriteStream(path);
  out.write(`registries:
  default:
    default_profile_slug: default
    processing_modes:
      fast: { profiles: [fast-v1] }
    profiles:
      default: {}
      fast-v1:
        runtime:
          step_settings_patch:
            ai-chat: { ai-engine: gpt-5-mini, ai-max-response-tokens: 1024 }
`);
  for (let i = 0; i < count; i++) {
    const text = `      ${slug(i)}:
        display_name: Profile ${slug(i)}
        runtime:
          system_prompt: |
            You are assistant number ${slug(i)}.
            ${"Answer briefly and cite what you read. ".repeat(12)}
          step_settings_patch:
            ai-chat: { ai-engine: gpt-${i % 7}, ai-max-response-tokens: ${1_000 + (i % 4_000)} }
          middlewares:
            - { name: agentmode, id: main, config: { default_mode: mode-${i % 5} } }
          tools: [search, calculator]
        policy: { allow_overrides: true }
        metadata: { tags: [team-${10 + (i % 50)}] }
`;
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}
