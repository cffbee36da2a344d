import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useTheme } from "../shell/theme.js";
import { type Bucket, latencyShares } from "./latency-shares.js";

export interface LatencyChartProps {
  label: string;
  mode: readonly Bucket[];
  control: readonly Bucket[];
}

const HEIGHT = 220;
const LOGARITHMIC = 3;

/** How latencies are spread: the share of turns by the time that they took. The table beside it says the same in figures. */
export function LatencyChart({ label, mode, control }: LatencyChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const theme = useTheme();
  const shares = useMemo(() => latencyShares(mode, control), [mode, control]);
  const data = useMemo((): uPlot.AlignedData => [shares.ms, shares.mode, shares.control], [shares]);
  const latest = useRef(data);
  latest.current = data;
  const none = shares.ms.length === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: made again where the colours change; data is told to it below
  useEffect(() => {
    const element = host.current;
    if (!element || none) return;
    const made = new uPlot(optionsOf(element), latest.current, element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, none]);

  useEffect(() => plot.current?.setData(data), [data]);

  if (none) return <p className="muted">No turn has been reported yet.</p>;
  return <div className="chart" ref={host} role="img" aria-label={label} />;
}

function optionsOf(element: HTMLElement): uPlot.Options {
  const [first, second, text, line] = ["--series-1", "--series-2", "--muted", "--line"].map((name) =>
    colourOf(element, name),
  ) as [string, string, string, string];
  const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const stepped = uPlot.paths.stepped?.({ align: -1 });
  const series = { width: 2, points: { show: false }, ...(stepped && { paths: stepped }) };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: {
      x: { time: false, distr: LOGARITHMIC },
      y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] },
    },
    axes: [
      {
        ...axis,
        values: (_, ticks) =>
          ticks.map((ms) => (ms === null ? "" : ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`)),
      },
      { ...axis, size: 48, values: (_, ticks) => ticks.map((share) => `${share} %`) },
    ],
    series: [
      {},
      { ...series, label: "mode", stroke: first, fill: `${withAlpha(first)}` },
      { ...series, label: "control", stroke: second },
    ],
  };
}

/** Canvases know no variables. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function withAlpha(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.14)");
}
