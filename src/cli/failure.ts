/** Errors on the command line: one line on stderr, with the same text as over the API (spec 6.4). */
import { ConnectError } from "@connectrpc/connect";

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Prints what went wrong and returns the exit code: 2 for wrong usage, else 1. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`profile-registry: ${failureText(error)}\n`);
  return error instanceof UsageError || (error instanceof Error && error.name === "ConfigError") ? 2 : 1;
}

export function failureText(error: unknown): string {
  const text =
    error instanceof ConnectError ? error.rawMessage : error instanceof Error ? error.message : String(error);
  return text.trim().replace(/\s*\n\s*/g, " ");
}
