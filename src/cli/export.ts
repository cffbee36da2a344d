/** `export`: all documents as YAML or JSON (spec 6.3, 6.4). */
import { once } from "node:events";
import { type Command, Option } from "commander";
import { DocumentFormat } from "../../gen/profileregistry/v1/document_service_pb.js";
import type { Environment } from "../config.js";
import { replaceFile } from "../store/place-file.js";
import { addTarget, openClients } from "./clients.js";
import { readFlags } from "./options.js";

interface ExportFlags extends Record<string, unknown> {
  server?: string;
  registry?: string;
  format: keyof typeof FORMATS;
  output?: string;
  withSecrets?: boolean;
}

const FORMATS = { yaml: DocumentFormat.YAML, json: DocumentFormat.JSON } as const;

export function addExport(program: Command, env: Environment): void {
  const command = program
    .command("export")
    .description("Write all registries and their profiles, as of one revision, in a form that import takes.")
    .option("--registry <SLUG>", "only this registry")
    .addOption(
      new Option("--format <FORMAT>", "form of the text").choices(Object.keys(FORMATS)).default("yaml"),
    )
    .option("--output <FILE>", "file to write, readable by its owner alone (default: standard output)")
    .option("--with-secrets", "write secrets as they are stored; a server must run with --serve-secrets");
  addTarget(command)
    .addHelpText(
      "after",
      `
Equal documents give equal text. Without --with-secrets "<redacted>" stands in the place of secrets, and an import keeps
what is stored there.

Examples:
  $ profile-registry export --server http://127.0.0.1:8080 > registries.yaml
  $ profile-registry export --registry team --format json --profile-registry-db ./data/profiles.db
  $ profile-registry export --with-secrets --output all.yaml --profile-registry-db ./data/profiles.db`,
    )
    .action(async ({ server, registry = "", format, output, withSecrets = false, ...flags }: ExportFlags) => {
      const clients = await openClients(server, readFlags(flags), env, { serveSecrets: withSecrets });
      try {
        const answers = clients.documents.exportDocuments({ registry, format: FORMATS[format], withSecrets });
        const chunks = chunksOf(answers);
        await (output === undefined ? print(chunks) : replaceFile(output, chunks, 0o600));
      } finally {
        await clients.close();
      }
    });
}

async function print(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}

async function* chunksOf(answers: AsyncIterable<{ chunk: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { chunk } of answers) yield chunk;
}
