/** What is compared, and how registries and latencies are put side by side. */
import { expect, it } from "vitest";
import { registryDifferences } from "../../../web/console/compare/registry-differences.js";
import { readSide, sideText } from "../../../web/console/compare/side.js";
import { latencyShares } from "../../../web/console/rollouts/latency-shares.js";

it.each([
  ["default", { registry: "default" }],
  ["default/support", { registry: "default", profile: "support" }],
  ["default/support@12", { registry: "default", profile: "support", version: 12 }],
])("writes and reads %s", (text, side) => {
  expect(readSide(text)).toEqual(side);
  expect(sideText(side)).toBe(text);
});

it.each(["", "/", "a/b/c", "a@1", "a/b@x"])("takes %j for nothing", (text) => {
  expect(readSide(text)).toBeUndefined();
});

it("tells which profiles only one registry has, and which differ", () => {
  const left = [
    { slug: "a", document: { x: 1 } },
    { slug: "b", document: { x: 1, y: 2 } },
    { slug: "c", document: {} },
  ];
  const right = [
    { slug: "b", document: { y: 2, x: 1 } },
    { slug: "c", document: { z: 1 } },
    { slug: "d", document: {} },
  ];
  expect(registryDifferences(left, right)).toEqual({
    different: [
      { slug: "a", kind: "only left" },
      { slug: "c", kind: "differs" },
      { slug: "d", kind: "only right" },
    ],
    alike: 1,
  });
});

it("makes latencies of populations of different sizes comparable, in bins without a gap", () => {
  const { ms, mode, control } = latencyShares(
    [
      { up_to_ms: 10, count: 3 },
      { up_to_ms: 40, count: 1 },
    ],
    [{ up_to_ms: 20, count: 1_000 }],
  );
  expect(mode.filter((share) => share > 0)).toEqual([75, 25]);
  expect(control.filter((share) => share > 0)).toEqual([100]);
  expect(ms.slice(1).every((at, i) => at / (ms[i] ?? 0) < 1.26)).toBe(true);
  expect([mode[0], mode.at(-1)]).toEqual([0, 0]);
});

it("has no picture of nothing", () => {
  expect(latencyShares([], [])).toEqual({ ms: [], mode: [], control: [] });
});
