import { useQuery } from "@tanstack/react-query";
import { registryQuery } from "../api/queries.js";
import { useRememberRegistry } from "../shell/last-registry.js";
import { registriesPath, registryPath } from "../shell/paths.js";
import { Page } from "../ui/page.js";
import { Loading, Problem } from "../ui/states.js";
import { Time } from "../ui/time.js";
import { DeleteRegistry } from "./delete-registry.js";
import { RegistryForm } from "./registry-form.js";

export default function RegistrySettingsView({ registry }: { registry: string }) {
  useRememberRegistry(registry);
  const query = useQuery(registryQuery(registry));
  const metadata = query.data?.metadata;
  return (
    <Page
      title={`Settings of ${registry}`}
      crumbs={[
        { label: "Registries", href: registriesPath() },
        { label: registry, href: registryPath(registry) },
        { label: "Settings" },
      ]}
      subtitle={
        metadata && (
          <>
            Version {metadata.version}, edited <Time ms={metadata.updated_at_ms} /> by{" "}
            <bdi>{metadata.updated_by}</bdi>
          </>
        )
      }
    >
      {query.isPending && <Loading lines={6} />}
      {query.isError && <Problem error={query.error} retry={() => void query.refetch()} />}
      {query.data && (
        <>
          <RegistryForm registry={query.data} />
          <DeleteRegistry registry={query.data} />
        </>
      )}
    </Page>
  );
}
