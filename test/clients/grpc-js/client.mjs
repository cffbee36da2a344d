/** Lists, creates, runs into a conflict, and resolves: docs/clients.md. */
import { promisify } from "node:util";
import { credentials, loadPackageDefinition, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const definition = loadSync(
  [
    "profileregistry/v1/registry_service.proto",
    "profileregistry/v1/resolver_service.proto",
    "google/rpc/error_details.proto",
    "status.proto",
  ],
  { includeDirs: ["proto", "."], keepCase: true, longs: Number, enums: String, json: true },
);
const { ProfileRegistryService, ResolverService } = loadPackageDefinition(definition).profileregistry.v1;

const [target] = process.argv.slice(2);
const options = { "grpc.keepalive_time_ms": 30_000, "grpc.keepalive_timeout_ms": 10_000 };
const registry = new ProfileRegistryService(target, credentials.createInsecure(), options);
const resolver = new ResolverService(target, credentials.createInsecure(), options);

/** A call as a promise. Without a deadline it would wait for ever. */
function call(client, method, request) {
  return promisify(client[method]).call(client, request, { deadline: Date.now() + 10_000 });
}

/** The details of that type that the error carries. */
function detailsOf(error, type) {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return [];
  const { details } = definition["google.rpc.Status"].deserialize(bytes);
  return details.filter((detail) => detail["@type"].endsWith(`/${type}`));
}

async function list() {
  const slugs = [];
  let token = "";
  do {
    const page = await call(registry, "ListProfiles", { page_token: token });
    slugs.push(...(page.profiles ?? []).map(({ slug }) => slug));
    token = page.next_page_token;
  } while (token);
  console.log("profiles:", slugs.join(", "));
}

async function create() {
  const { profile } = await call(registry, "CreateProfile", {
    profile: {
      slug: "greeter",
      runtime: {
        system_prompt: "Greet people in rhyme.",
        step_settings_patch: struct({ "ai-chat": { "ai-engine": "gpt-5" } }),
      },
    },
  });
  console.log(`created: ${profile.slug}, version ${profile.metadata.version}`);
  return profile.metadata.version;
}

async function refused() {
  try {
    await call(registry, "CreateProfile", { profile: { slug: "grüß dich" } });
  } catch (error) {
    for (const { field_violations } of detailsOf(error, "google.rpc.BadRequest")) {
      for (const { field, description } of field_violations) console.log(`refused: ${field}: ${description}`);
    }
  }
}

async function conflict(version) {
  const update = {
    profile: { slug: "greeter", display_name: "Greeter" },
    update_mask: { paths: ["display_name"] },
    expected_version: version,
  };
  await call(registry, "UpdateProfile", update);

  try {
    await call(registry, "UpdateProfile", update);
  } catch (error) {
    if (error.code !== status.ABORTED) throw error;
    for (const { reason, metadata } of detailsOf(error, "google.rpc.ErrorInfo")) {
      const { expected_version, actual_version } = metadata;
      console.log(`conflict: ${reason}, expected ${expected_version}, actual ${actual_version}`);
    }
  }

  // Somebody else was faster: look at what they wrote before writing over it.
  const current = await call(registry, "GetProfile", { slug: "greeter" });
  update.expected_version = current.profile.metadata.version;
  const updated = await call(registry, "UpdateProfile", update);
  console.log("updated: version", updated.profile.metadata.version);
}

async function resolve() {
  const answer = await call(resolver, "ResolveProfile", { profile: "greeter" });
  const engine = plain(answer.step_settings)["ai-chat"]["ai-engine"];
  console.log(`resolved: ${answer.runtime.system_prompt} (${engine})`);

  const again = await call(resolver, "ResolveProfile", {
    profile: "greeter",
    known_fingerprint: answer.fingerprint,
  });
  console.log("unchanged:", again.unchanged);
}

/** An object of strings and objects as a google.protobuf.Struct, which @grpc/proto-loader does not convert. */
function struct(object) {
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    typeof value === "string" ? { stringValue: value } : { structValue: struct(value) },
  ]);
  return { fields: Object.fromEntries(entries) };
}

function plain({ fields }) {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    value.structValue ? plain(value.structValue) : value.stringValue,
  ]);
  return Object.fromEntries(entries);
}

await list();
const version = await create();
await refused();
await conflict(version);
await resolve();
registry.close();
resolver.close();
