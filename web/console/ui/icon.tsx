/** The few pictures that the console uses, drawn on a 16 × 16 grid; always beside text or a label. */

const PATHS = {
  add: "M8 3v10M3 8h10",
  back: "M10 3 5 8l5 5",
  check: "m3 8.5 3.5 3.5L13 5",
  close: "m4 4 8 8M12 4l-8 8",
  compare: "M8 2v12M3 5h2M3 8h2M3 11h2M11 5h2M11 8h2M11 11h2",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  dots: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  down: "m4 6 4 4 4-4",
  download: "M8 2v8m-3-3 3 3 3-3M3 13h10",
  edit: "m10.5 3 2.5 2.5L5.5 13H3v-2.5z",
  history: "M2.5 8A5.5 5.5 0 1 0 4 4.2M2.5 2.5v3h3M8 5v3l2 1.5",
  import: "M8 10V2M5 5l3-3 3 3M3 10v3h10v-3",
  lock: "M4 7h8v6H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
  log: "M3 4h10M3 8h10M3 12h6",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z",
  profiles: "M3 3.5h10v9H3zM3 6.5h10M6 9.5h4",
  registry: "M3 3h10v4H3zM3 9h10v4H3zM5 5h.01M5 11h.01",
  resolve: "M3 4h4l3 8h3M3 12h3M11 2.5 13 4l-2 1.5M11 10.5l2 1.5-2 1.5M9 4h4",
  rollback: "M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H7",
  rollouts: "M2.5 13V9.5h3V13M6.5 13V6.5h3V13M10.5 13V3h3v10",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3 3",
  star: "m8 2.3 1.7 3.6 3.9.5-2.9 2.7.8 3.9L8 11.1 4.5 13l.8-3.9L2.4 6.4l3.9-.5z",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9",
  up: "m4 10 4-4 4 4",
  warn: "M8 2.5 14 13H2zM8 6.5v3M8 11.3h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      aria-hidden="true"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
