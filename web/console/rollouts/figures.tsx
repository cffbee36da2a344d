import type { FiguresReport, RolloutReport } from "../../client/index.js";
import { LatencyChart } from "./latency-chart.js";
import { RateBars } from "./rate-bars.js";

const COUNT = new Intl.NumberFormat();
const MS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const SCORE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

/** How the mode does beside its control. */
export function Figures({ report }: { report: RolloutReport }) {
  const { mode, mode_figures: ours, control_figures: control, deployments } = report;
  const asked = report.control === "asked";
  return (
    <div className="columns wide-columns">
      <section className="card" aria-label="Latency">
        <div className="card-head">
          <h2 className="grow">Latency</h2>
          <Legend mode={mode} />
        </div>
        <div className="card-body">
          <LatencyChart
            mode={ours.latency_buckets}
            control={control.latency_buckets}
            label={`Latency of ${mode} and control`}
          />
        </div>
      </section>
      <section className="card" aria-label="Errors">
        <div className="card-head">
          <h2 className="grow">Errors</h2>
          <Legend mode={mode} />
        </div>
        <div className="card-body">
          <RateBars title="Error rate" mode={ours.error_rate} control={control.error_rate} />
          <RateBars
            title="Critical error rate"
            mode={ours.critical_error_rate}
            control={control.critical_error_rate}
          />
        </div>
      </section>
      <section className="card all-columns" aria-label="Figures">
        <div className="card-head">
          <h2 className="grow">Figures</h2>
          <span className="small muted">
            Control: {asked ? "turns that asked for it and got default" : "all default turns"}
          </span>
        </div>
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Turns</th>
                {["Samples", "Errors", "p50", "p95", "p99", "Mismatches", "Severe", "Quality"].map(
                  (title) => (
                    <th scope="col" className="num" key={title}>
                      {title}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              <FiguresRow title={mode} {...ours} />
              <FiguresRow title="control" {...control} />
              <FiguresRow title={`${mode}, local`} {...deployments.local} />
              <FiguresRow title={`${mode}, cloud`} {...deployments.cloud} />
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}

function Legend({ mode }: { mode: string }) {
  return (
    <span className="row small muted">
      <span className="key one">
        <bdi>{mode}</bdi>
      </span>
      <span className="key two">control</span>
    </span>
  );
}

function FiguresRow({
  title,
  samples,
  errors,
  latency_ms,
  mismatches,
  severe,
  quality_score,
}: FiguresReport & { title: string }) {
  const ms = (value: number | null): string => (value === null ? "–" : `${MS.format(value)} ms`);
  return (
    <tr>
      <th scope="row">
        <bdi>{title}</bdi>
      </th>
      <td className="num">{COUNT.format(samples)}</td>
      <td className="num">{COUNT.format(errors)}</td>
      <td className="num">{ms(latency_ms.p50)}</td>
      <td className="num">{ms(latency_ms.p95)}</td>
      <td className="num">{ms(latency_ms.p99)}</td>
      <td className={mismatches > 0 ? "num danger" : "num"}>{mismatches}</td>
      <td className={severe > 0 ? "num danger" : "num"}>{severe}</td>
      <td className="num">{quality_score === null ? "–" : SCORE.format(quality_score)}</td>
    </tr>
  );
}
