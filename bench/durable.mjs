/** Durable writes beside better-sqlite3 alone, as writes.mjs measures them. */
import { fileURLToPath } from "node:url";
import { output, progress } from "./processes.mjs";
import { ROUNDS } from "./settings.mjs";

const WRITERS = 64;

export const ROWS = [1, WRITERS].map((writers) => ({
  name: `durable writes by ${writers} at once, to better-sqlite3 alone`,
  line: `store, ${writers} writer`,
}));

/** Rows of the report. */
export async function measureWrites(rows) {
  if (rows.length === 0) return [];
  progress("durable writes");
  const script = fileURLToPath(new URL("writes.mjs", import.meta.url));
  const printed = await output(process.execPath, [script], { ROUNDS, WRITERS });
  const rateOf = (line) => {
    const [, cell] = printed
      .split("\n")
      .find((one) => one.startsWith(`| ${line}`))
      .split(" | ");
    return Number(cell);
  };
  const baseline = rateOf("better-sqlite3");
  return rows.map(({ name, line }) => ({ name, unit: "/s", measured: rateOf(line), baseline }));
}
