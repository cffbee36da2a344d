/** What stores of histories start with: the seed file, and what the first commit must make of it. */
import { writeFile } from "node:fs/promises";
import type { Change } from "./history.js";

/** Several times what a streamed list reads at once, so that writes come between its pages. */
const WIDE = 600;

export const WIDE_SLUGS: readonly string[] = Array.from(
  { length: WIDE },
  (_, i) => `w${String(i).padStart(3, "0")}`,
);

const SEED = [
  { registry: "default", profiles: ["p0", "p1"] },
  { registry: "team", profiles: ["p0"] },
  { registry: "wide", profiles: WIDE_SLUGS },
];

export async function writeSeedFile(file: string): Promise<void> {
  const registries = SEED.map(({ registry, profiles }) => [
    registry,
    {
      display_name: "seed",
      default_profile_slug: profiles[0],
      profiles: Object.fromEntries(
        profiles.map((slug) => [
          slug,
          { display_name: "seed", description: "seed", runtime: { system_prompt: "seed" } },
        ]),
      ),
    },
  ]);
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ registries: Object.fromEntries(registries) as object }));
}

export function seedChanges(): Change[] {
  return SEED.flatMap(({ registry, profiles }): Change[] => {
    const common = { registry, version: 1, registryVersion: 1 };
    return [
      {
        ...common,
        operation: "create_registry",
        profile: undefined,
        document: { name: "seed", defaultProfile: profiles[0] ?? "" },
      },
      ...profiles.map((profile) => ({
        ...common,
        operation: "create_profile",
        profile,
        document: { name: "seed", note: "seed", prompt: "seed", readOnly: false },
      })),
    ];
  });
}
