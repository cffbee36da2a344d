import type { GateName, RolloutReport } from "../../client/index.js";
import { Icon } from "../ui/icon.js";
import { duration } from "../ui/time.js";

const TITLES: Record<GateName, string> = {
  min_stage_s: "Time at this stage",
  min_samples: "Samples",
  mismatches: "Mismatches",
  error_rate: "Error rate",
  critical_error_rate: "Critical errors",
  p95_latency: "p95 latency",
  severe_reports: "Severe reports",
  local_cloud: "Local and cloud alike",
};

const NUMBER = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 });

export function Gates({ report }: { report: RolloutReport }) {
  const { gates, ready, window: seen } = report;
  return (
    <section className="card" aria-label="Gates">
      <div className="card-head">
        <h2 className="grow">Gates</h2>
        <span className={ready ? "badge ok" : "badge warn"}>{ready ? "all open" : "not all open"}</span>
        <span className="small muted">of the last {duration((seen.to_ms - seen.from_ms) / 1000)}</span>
      </div>
      <div className="table-scroll">
        <table className="table gates">
          <thead>
            <tr>
              <th scope="col">Gate</th>
              <th scope="col">Why</th>
              <th scope="col">Figures</th>
            </tr>
          </thead>
          <tbody>
            {gates.map(({ name, passed, reason, figures }) => (
              <tr key={name}>
                <td className="nowrap">
                  <span className={passed ? "gate ok" : "gate danger"}>
                    <Icon name={passed ? "check" : "close"} />
                    <span className="visually-hidden">{passed ? "open: " : "closed: "}</span>
                    <span className="strong">{TITLES[name] ?? name}</span>
                  </span>
                </td>
                <td>{reason}</td>
                <td className="small muted">
                  {Object.entries(figures).map(([figure, value]) => (
                    <span className="figure" key={figure}>
                      {figure.replaceAll("_", " ")} <span className="strong">{NUMBER.format(value)}</span>
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
