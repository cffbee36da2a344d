import { useQuery } from "@tanstack/react-query";
import { isCode } from "../api/client.js";
import { profileQuery } from "../api/queries.js";
import { useRememberRegistry } from "../shell/last-registry.js";
import { historyPath, registriesPath, registryPath } from "../shell/paths.js";
import { ButtonLink } from "../ui/button.js";
import { Page } from "../ui/page.js";
import { Empty, Loading, Problem } from "../ui/states.js";
import { SECTIONS } from "./field-errors.js";
import { ProfileEditor } from "./profile-editor.js";

export interface ProfileViewProps {
  registry: string;
  slug: string;
  section: string | undefined;
}

export default function ProfileView({ registry, slug, section }: ProfileViewProps) {
  useRememberRegistry(registry);
  const profile = useQuery(profileQuery(registry, slug));
  const crumbs = [
    { label: "Registries", href: registriesPath() },
    { label: registry, href: registryPath(registry) },
    { label: slug },
  ];
  if (profile.data) {
    const part = SECTIONS.find((one) => one === section) ?? "general";
    return <ProfileEditor document={profile.data} section={part} crumbs={crumbs} />;
  }
  const gone = isCode(profile.error, "not_found");
  return (
    <Page title={slug} crumbs={crumbs}>
      {profile.isPending && <Loading lines={8} />}
      {profile.isError && !gone && <Problem error={profile.error} retry={() => void profile.refetch()} />}
      {profile.isError && isCode(profile.error, "data_loss") && (
        <p>
          An earlier version can be written once more:{" "}
          <ButtonLink href={historyPath(registry, slug)}>History</ButtonLink>
        </p>
      )}
      {gone && (
        <Empty
          title="There is no such profile"
          actions={
            <>
              <ButtonLink href={historyPath(registry, slug)} icon="history">
                Its history
              </ButtonLink>
              <ButtonLink href={registryPath(registry)}>All profiles</ButtonLink>
            </>
          }
        >
          If it was deleted, its versions are still there and can be brought back.
        </Empty>
      )}
    </Page>
  );
}
