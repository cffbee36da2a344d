/** Which program this is: the version of package.json, and the commit that the build noted beside the compiled files. */
import { readFileSync } from "node:fs";

export interface Version {
  version: string;
  /** `unknown` when it was not built from a checkout. */
  commit: string;
}

export function readVersion(): Version {
  // Compiled files lie one directory deeper than their sources.
  const manifest = readFirst("../package.json", "../../package.json");
  const { version } = JSON.parse(manifest ?? "{}") as { version?: string };
  return { version: version ?? "unknown", commit: readFirst("../commit")?.trim() || "unknown" };
}

function readFirst(...paths: string[]): string | undefined {
  for (const path of paths) {
    try {
      return readFileSync(new URL(path, import.meta.url), "utf8");
    } catch {
      // Not here.
    }
  }
  return undefined;
}
