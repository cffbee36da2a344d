import { useQuery } from "@tanstack/react-query";
import { reportQuery, rolloutQuery } from "../api/queries.js";
import { useRememberRegistry } from "../shell/last-registry.js";
import { registriesPath, registryPath, rolloutsPath } from "../shell/paths.js";
import { Page } from "../ui/page.js";
import { Loading, Problem } from "../ui/states.js";
import { Time } from "../ui/time.js";
import { Figures } from "./figures.js";
import { FlagSwitches } from "./flag-switches.js";
import { Gates } from "./gates.js";
import { IncidentCard } from "./incident-card.js";
import { Percentage } from "./percentage.js";
import { RolloutSettings } from "./rollout-settings.js";
import { Stages } from "./stages.js";
import { TurnBack } from "./turn-back.js";

export default function RolloutView({ registry, mode }: { registry: string; mode: string }) {
  useRememberRegistry(registry);
  const rollout = useQuery(rolloutQuery(registry, mode));
  const report = useQuery(reportQuery(registry, mode));
  const { data } = rollout;
  return (
    <Page
      title={mode}
      marks={
        data && (
          <span className={data.runtime_enabled ? "badge ok" : "badge"}>
            {data.runtime_enabled ? "on" : "off"}
          </span>
        )
      }
      crumbs={[
        { label: "Registries", href: registriesPath() },
        { label: registry, href: registryPath(registry) },
        { label: "Rollouts", href: rolloutsPath(registry) },
        { label: mode },
      ]}
      subtitle={
        data && (
          <>
            {data.percentage} % since <Time ms={data.stage_since_ms} />, version {data.version}
          </>
        )
      }
      actions={data && <TurnBack rollout={data} />}
    >
      {rollout.isPending && <Loading lines={8} />}
      {rollout.isError && <Problem error={rollout.error} retry={() => void rollout.refetch()} />}
      {data && (
        <>
          <section className="card" aria-label="Percentage">
            <div className="card-body">
              <Stages stages={data.stages} percentage={data.percentage} on={data.runtime_enabled} />
              <Percentage rollout={data} report={report.data} />
            </div>
          </section>
          {report.isError && <Problem error={report.error} retry={() => void report.refetch()} />}
          {report.data && <Gates report={report.data} />}
          {report.data && <Figures report={report.data} />}
          <div className="columns top">
            <FlagSwitches rollout={data} />
            <RolloutSettings key={data.version} rollout={data} />
          </div>
          {report.data?.incident && <IncidentCard incident={report.data.incident} />}
        </>
      )}
    </Page>
  );
}
