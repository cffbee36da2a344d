import type { RolloutReport } from "../../client/index.js";
import { absoluteTime } from "../ui/time.js";

type Incident = NonNullable<RolloutReport["incident"]>;

const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

/** What the last rollback left behind. */
export function IncidentCard({ incident }: { incident: Incident }) {
  const { kind, trigger, reason, time_ms, actor, percentage, deployment, gates, default_share } = incident;
  const closed = gates.filter(({ passed }) => !passed);
  return (
    <section className="card" aria-label="Last rollback">
      <div className="card-head">
        <h2>Last rollback</h2>
      </div>
      <div className="card-body">
        <dl className="facts">
          <Fact title="When">{absoluteTime(time_ms)}</Fact>
          <Fact title="By">
            <bdi>{actor}</bdi>
          </Fact>
          <Fact title="Kind">{kind}</Fact>
          <Fact title="Trigger">{trigger.replaceAll("_", " ")}</Fact>
          <Fact title="Percentage then">{percentage} %</Fact>
          {deployment && <Fact title="Deployment">{deployment}</Fact>}
          {default_share && (
            <Fact title="Turns that got the default">
              {share(default_share.before)} before, {share(default_share.after)} after
            </Fact>
          )}
        </dl>
        {reason && (
          <p>
            <bdi>{reason}</bdi>
          </p>
        )}
        {closed.length > 0 && (
          <ul>
            {closed.map(({ name, reason: why }) => (
              <li className="small muted" key={name}>
                {name.replaceAll("_", " ")}: {why}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Fact({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function share(value: number | null): string {
  return value === null ? "unknown" : PERCENT.format(value);
}
