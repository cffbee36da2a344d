/** A bar for each row: its rate as a share of the bare server's, with the floor and the wish. */
import { ratioOf } from "./report.mjs";

const TITLE = "Resolves per second, as a share of a server that only sends the bytes";
const [LEFT, RIGHT, TOP, ROW, BAR] = [370, 850, 92, 32, 18];
const MARKS = [
  { share: 0.6, name: "floor 0.6" },
  { share: 0.8, name: "wish 0.8" },
];
const STYLE = `
  text { fill: #1f2937 }
  .page { fill: #ffffff }
  .quiet { fill: #4b5563 }
  .bar { fill: #0f766e }
  .track { fill: #eef0f3 }
  .mark { stroke: #b45309; stroke-width: 1.5; stroke-dasharray: 4 3 }
  .name { fill: #b45309 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb }
    .page { fill: #0d1117 }
    .quiet { fill: #9ca3af }
    .bar { fill: #2dd4bf }
    .track { fill: #1f2630 }
    .mark { stroke: #fbbf24 }
    .name { fill: #fbbf24 }
  }
`;

export function picture(results) {
  const height = TOP + results.length * ROW + 24;
  const x = (share) => (LEFT + Math.min(1, share) * (RIGHT - LEFT)).toFixed(1);
  const rows = results.flatMap(({ name, measured, baseline }, i) => {
    const y = TOP + i * ROW;
    const share = ratioOf({ measured, baseline });
    const rate = `${Math.round(measured).toLocaleString("en")}/s`;
    const text = `y="${y + BAR / 2 + 4}"`;
    return [
      `<text x="${LEFT - 14}" ${text} text-anchor="end">${name}</text>`,
      `<rect class="track" x="${LEFT}" y="${y}" width="${RIGHT - LEFT}" height="${BAR}" rx="2"/>`,
      `<rect class="bar" x="${LEFT}" y="${y}" width="${(x(share) - LEFT).toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text x="${RIGHT + 12}" ${text} font-weight="600">${share.toFixed(2)}</text>`,
      `<text class="quiet" x="${RIGHT + 52}" ${text}>${rate}</text>`,
    ];
  });
  const marks = MARKS.flatMap(({ share, name }) => [
    `<line class="mark" x1="${x(share)}" x2="${x(share)}" y1="${TOP - 10}" y2="${height - 20}"/>`,
    `<text class="name" x="${x(share)}" y="${TOP - 16}" text-anchor="middle">${name}</text>`,
  ]);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${RIGHT + 140} ${height}" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="13">`,
    `<title id="title">${TITLE}</title>`,
    `<desc id="desc">${results.map((one) => `${one.name}: ${ratioOf(one).toFixed(2)}`).join("; ")}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="100%" height="100%"/>`,
    `<text x="16" y="28" font-size="17" font-weight="600">${TITLE}</text>`,
    `<text class="quiet" x="16" y="48">One process, one core; the same requests, and answers of the same bytes.</text>`,
    ...rows,
    ...marks,
    "</svg>",
  ].join("\n")}\n`;
}
