/** docs/rpc.md is what the comments of the contract say now. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { DocumentService } from "../../gen/profileregistry/v1/document_service_pb.js";
import { LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { RolloutService } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { ServerService } from "../../gen/profileregistry/v1/server_service_pb.js";
import { ROOT, readDocument } from "./markdown.js";

it("is up to date with the proto files", () => {
  const check = spawnSync(process.execPath, ["docs/generate-rpc-reference.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(check.stderr).toBe("");
  expect(check.status).toBe(0);
});

it("has a section for every call, with its path", () => {
  const text = readDocument("docs/rpc.md");
  for (const service of [
    ResolverService,
    ProfileRegistryService,
    LogService,
    DocumentService,
    RolloutService,
    ServerService,
  ]) {
    for (const { name } of service.methods) {
      expect(text).toContain(`\n### ${name}\n\n\`POST /${service.typeName}/${name}\``);
    }
  }
});

it("says what every field and value means", () => {
  const rows = readDocument("docs/rpc.md").match(/^\| `.*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(100);
  for (const row of rows) expect(row).toMatch(/\| [^|]*\S[^|]*\.? \|$/);
});
