const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 2 });
/** So that rates near nothing do not fill the picture. */
const LEAST_SCALE = 0.02;

export interface RateBarsProps {
  title: string;
  /** 0–1; null without samples. */
  mode: number | null;
  control: number | null;
}

export function RateBars({ title, mode, control }: RateBarsProps) {
  const scale = Math.max(LEAST_SCALE, mode ?? 0, control ?? 0);
  return (
    <div className="rate-bars">
      <h3>{title}</h3>
      {[mode, control].map((rate, i) => (
        <div className="rate" key={i === 0 ? "mode" : "control"}>
          <div className={i === 0 ? "bar one" : "bar two"}>
            <div style={{ width: `${(100 * (rate ?? 0)) / scale}%` }} />
          </div>
          <span className="nowrap">
            <span className="visually-hidden">{i === 0 ? "mode: " : "control: "}</span>
            {rate === null ? "no samples" : PERCENT.format(rate)}
          </span>
        </div>
      ))}
    </div>
  );
}
