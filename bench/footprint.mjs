/** What a service of many profiles needs: time to start, and memory. */
import { setTimeout as sleep } from "node:timers/promises";
import { memory, progress, serve } from "./processes.mjs";
import { database, service } from "./profiles.mjs";
import { median } from "./rates.mjs";
import { LARGE, STARTS } from "./settings.mjs";
import { target } from "./targets.mjs";

const many = `${LARGE.toLocaleString("en")} profiles`;
const STARTED = { name: `start to ready, ${many}`, unit: "s", atMost: 1 };
const RESIDENT = { name: `resident memory, ${many}, at most`, unit: "MB", atMost: 300 };

export const ROWS = [STARTED, RESIDENT];

/** Rows of the report. Before others ask the large service, so that its memory after the start is seen. */
export async function measureFootprint(rows) {
  if (rows.length === 0) return [];
  progress(`a database of ${many}`);
  const path = await database(LARGE);
  const results = [];
  if (rows.includes(STARTED)) {
    progress(STARTED.name);
    results.push({ ...STARTED, measured: await startSeconds(path) });
  }
  if (rows.includes(RESIDENT)) {
    progress(RESIDENT.name);
    results.push({ ...RESIDENT, ...(await resident()) });
  }
  return results;
}

async function startSeconds(path) {
  const took = [];
  for (let i = 0; i < STARTS; i++) {
    const server = await serve(path);
    took.push(server.startMs / 1_000);
    await server.stop();
  }
  return median(took);
}

async function resident() {
  const { pid } = await service(LARGE, "json");
  const megabytes = (what) => memory(pid, what) / 1e6;
  const started = megabytes("VmRSS");
  const warmed = await target("large json");
  const afterWarming = megabytes("VmRSS");
  let loaded = 0;
  let over = false;
  const load = warmed.rate(0).finally(() => {
    over = true;
  });
  while (!over) {
    loaded = Math.max(loaded, megabytes("VmRSS"));
    await sleep(100);
  }
  await load;
  const [a, b, c] = [started, afterWarming, loaded].map((value) => value.toFixed(0));
  return { measured: megabytes("VmHWM"), note: `${a} started, ${b} with every key asked, ${c} under load` };
}
