/** What may be compared, and how it is written in a URL: `REGISTRY`, `REGISTRY/PROFILE`, `REGISTRY/PROFILE@VERSION`. */
export interface Side {
  registry: string;
  /** Absent: the registry itself. */
  profile?: string;
  /** Absent: as it is now. */
  version?: number;
}

export function sideText({ registry, profile, version }: Side): string {
  if (profile === undefined) return registry;
  return version === undefined ? `${registry}/${profile}` : `${registry}/${profile}@${version}`;
}

/** Undefined where it names nothing. */
export function readSide(text: string): Side | undefined {
  const [, registry, profile, version] = /^([^/@]+)(?:\/([^/@]+)(?:@(\d+))?)?$/.exec(text.trim()) ?? [];
  if (registry === undefined) return undefined;
  return {
    registry,
    ...(profile === undefined ? {} : { profile }),
    ...(version === undefined ? {} : { version: Number(version) }),
  };
}
