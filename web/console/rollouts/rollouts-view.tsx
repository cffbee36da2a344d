import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { ShownRollout } from "../../client/index.js";
import { rolloutsQuery } from "../api/queries.js";
import { useRememberRegistry } from "../shell/last-registry.js";
import { registriesPath, registryPath, registrySettingsPath, rolloutPath } from "../shell/paths.js";
import { ButtonLink } from "../ui/button.js";
import { Page } from "../ui/page.js";
import { Empty, Loading, Problem } from "../ui/states.js";
import { Time } from "../ui/time.js";
import { FLAG_TITLES, FLAGS } from "./flags.js";
import { Stages } from "./stages.js";

export default function RolloutsView({ registry }: { registry: string }) {
  useRememberRegistry(registry);
  const rollouts = useQuery(rolloutsQuery(registry));
  return (
    <Page
      title="Rollouts"
      subtitle={
        <>
          How far the processing modes of <bdi>{registry}</bdi> are turned on.
        </>
      }
      crumbs={[
        { label: "Registries", href: registriesPath() },
        { label: registry, href: registryPath(registry) },
        { label: "Rollouts" },
      ]}
    >
      {rollouts.isPending && <Loading />}
      {rollouts.isError && <Problem error={rollouts.error} retry={() => void rollouts.refetch()} />}
      {rollouts.data?.length === 0 && (
        <section className="card">
          <Empty
            title="No processing modes"
            actions={<ButtonLink href={registrySettingsPath(registry)}>Registry settings</ButtonLink>}
          >
            A mode, such as “fast”, is a variant that turns may ask for. It is declared in the settings of the
            registry, and turned on here, step by step.
          </Empty>
        </section>
      )}
      <ul className="stack">
        {rollouts.data?.map((rollout) => (
          <li key={rollout.mode}>
            <RolloutCard {...rollout} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

function RolloutCard(rollout: ShownRollout) {
  const { registry, mode, percentage, stages, stage_since_ms, runtime_enabled, auto_rollback } = rollout;
  return (
    <section className="card linked" aria-label={`Rollout of ${mode}`}>
      <div className="card-body">
        <div className="row">
          <h2 className="grow">
            <Link className="whole" href={rolloutPath(registry, mode)}>
              <bdi>{mode}</bdi>
            </Link>
          </h2>
          {FLAGS.map((flag) => (
            <span className={rollout[flag] ? "badge ok" : "badge"} key={flag}>
              {FLAG_TITLES[flag]} {rollout[flag] ? "on" : "off"}
            </span>
          ))}
          {auto_rollback && <span className="badge accent">turns back by itself</span>}
        </div>
        <Stages stages={stages} percentage={percentage} on={runtime_enabled} />
        <p className="small muted">
          {percentage} % since <Time ms={stage_since_ms} />
        </p>
      </div>
    </section>
  );
}
