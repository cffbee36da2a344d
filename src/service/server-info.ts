/** What a server says of itself: REST `/version`, GetServerInfo, `profile-registry --version`. */
export interface ServerInfo {
  version: string;
  /** `unknown` when it was not built from a checkout. */
  commit: string;
  schema_version: number;
  /** What it can do beyond the first release, sorted. */
  capabilities: readonly string[];
  revision: number;
  /** `sha256:` + hex: servers with equal digests validate alike. */
  catalog_digest: string;
}
