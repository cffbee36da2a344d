import { ProfileRegistryError } from "../../client/index.js";

export interface ErrorText {
  title: string;
  detail?: string;
  requestId?: string;
}

const TITLES: Partial<Record<ProfileRegistryError["code"], string>> = {
  network: "The server cannot be reached",
  not_found: "Not found",
  policy: "Not allowed",
  forbidden: "Not allowed",
  version_conflict: "It has changed since it was read",
  validation: "It does not fit the rules",
  malformed: "It cannot be read",
  already_exists: "It is there already",
  failed_precondition: "Not possible as things are",
  too_large: "Too large",
  data_loss: "The stored document cannot be read",
  unavailable: "The server is busy",
  internal: "The server failed",
};

/** In a few words, then in the server's own. */
export function describeError(error: unknown): ErrorText {
  if (error instanceof ProfileRegistryError) {
    const { code, detail, errors, requestId } = error;
    const all =
      errors.length > 1 ? errors.map(({ field, reason }) => `${field}: ${reason}`).join("; ") : detail;
    return {
      title: TITLES[code] ?? "The server refused",
      detail: code === "network" ? "check that it runs, then try again" : all,
      ...(requestId && code === "internal" ? { requestId } : {}),
    };
  }
  return { title: "The console failed", detail: error instanceof Error ? error.message : String(error) };
}
