/** What a page does with the client: profiles are listed, one is changed, and a change that came between is not lost. */
import { createProfileClient, ProfileRegistryError } from "profile-registry/browser";

/** Without a `baseUrl` it calls where the page came from. */
export async function describeProfiles({ baseUrl = "" } = {}) {
  const client = createProfileClient({ baseUrl });

  const names = [];
  for await (const profile of client.listProfiles()) names.push(profile.display_name ?? profile.slug);

  const read = await client.getProfile("agent");
  const changed = await client.updateProfile(read, { description: "Plans before it answers." });

  try {
    // Made from what was read before the change.
    await client.updateProfile(read, { description: "Something else." });
  } catch (error) {
    if (!(error instanceof ProfileRegistryError) || error.code !== "version_conflict") throw error;
    return { names, version: changed.metadata.version, refused: error.detail };
  }
}
