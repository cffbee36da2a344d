/** Where each view is, below `/console`. Names are encoded: they are other people's. */
const part = encodeURIComponent;

export const registriesPath = () => "/registries";
export const registryPath = (registry: string) => `/registries/${part(registry)}`;
export const registrySettingsPath = (registry: string) => `${registryPath(registry)}/settings`;
export const profilePath = (registry: string, slug: string, section?: string) =>
  `${registryPath(registry)}/profiles/${part(slug)}${section ? `/${section}` : ""}`;
export const newProfilePath = (registry: string) => `${registryPath(registry)}/new`;
export const historyPath = (registry: string, slug: string) => profilePath(registry, slug, "history");
export const rolloutsPath = (registry: string) => `${registryPath(registry)}/rollouts`;
export const rolloutPath = (registry: string, mode: string) => `${rolloutsPath(registry)}/${part(mode)}`;
export const resolvePath = (registry?: string, profile?: string) =>
  withQuery("/resolve", { registry, profile });
export const comparePath = (left?: string, right?: string) => withQuery("/compare", { left, right });
export const logPath = (registry?: string, profile?: string) => withQuery("/log", { registry, profile });
export const filesPath = (registry?: string) => withQuery("/files", { registry });

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
