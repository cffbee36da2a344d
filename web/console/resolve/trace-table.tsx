import type { Resolved } from "../../client/index.js";
import { type Json, prettyJson, shortJson } from "../json/json.js";
import { stepsOf } from "../json/pointer.js";
import { Icon } from "../ui/icon.js";
import { Empty } from "../ui/states.js";

type Trace = NonNullable<Resolved["trace"]>;

/** Low to high, as they are laid over each other. */
const LAYERS: readonly (readonly [string, string])[] = [
  ["base_step_settings", "Caller"],
  ["profile", "Profile"],
  ["processing_profile", "Mode"],
  ["request_overrides", "Overrides"],
  ["operator", "Operator"],
];
const SHORT = 90;

/** A row per merge unit, a column per layer; what won is marked, what lost is struck. */
export function TraceTable({ trace }: { trace: Trace }) {
  if (trace.length === 0)
    return <Empty title="Nothing is set">No layer sets a prompt, tools, middlewares or settings.</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keyboard too
    <section className="table-scroll" tabIndex={0} aria-label="Trace, scrolls sideways">
      <table className="table trace">
        <thead>
          <tr>
            <th scope="col">Unit</th>
            {LAYERS.map(([layer, title]) => (
              <th scope="col" key={layer}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {trace.map(({ pointer, layer: winner, value, lost }) => (
            <tr key={pointer}>
              <th scope="row" title={pointer}>
                <bdi>{stepsOf(pointer).slice(1).join(" › ")}</bdi>
              </th>
              {LAYERS.map(([layer]) => {
                const loser = lost.find((one) => one.layer === layer);
                if (layer === winner) return <Cell key={layer} value={value} won />;
                return loser ? <Cell key={layer} value={loser.value} /> : <td key={layer} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ value, won }: { value: Json; won?: boolean }) {
  const short = shortJson(value, SHORT);
  const whole = typeof value === "string" ? value : prettyJson(value);
  const text = won ? <span>{short || "(empty)"}</span> : <s>{short || "(empty)"}</s>;
  return (
    <td className={won ? "won" : "lost"}>
      {won && <Icon name="check" />}
      <span className="visually-hidden">{won ? "won: " : "lost: "}</span>
      {whole.length > SHORT ? (
        <details>
          <summary>{text}</summary>
          <pre>{whole}</pre>
        </details>
      ) : (
        text
      )}
    </td>
  );
}
