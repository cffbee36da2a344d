/** What a server gives at `/metrics`, read as Prometheus reads it. */

export interface ScrapedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface ScrapedFamily {
  help: string;
  type: string;
  samples: ScrapedSample[];
}

/** By name; throws where the text is not the format. */
export async function scrape(url: string): Promise<Map<string, ScrapedFamily>> {
  const answer = await fetch(`${url}/metrics`);
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/plain; version=0.0.4"))
    throw new Error(`${answer.status} ${answer.headers.get("content-type")}`);
  return parseMetrics(await answer.text());
}

export function parseMetrics(text: string): Map<string, ScrapedFamily> {
  const families = new Map<string, ScrapedFamily>();
  let current: ScrapedFamily | undefined;
  let name = "";
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment?.[1] === "HELP") {
      name = comment[2]!;
      if (families.has(name)) throw new Error(`${name} is there twice`);
      current = { help: comment[3]!, type: "", samples: [] };
      families.set(name, current);
    } else if (comment?.[1] === "TYPE" && comment[2] === name && current) {
      current.type = comment[3]!;
    } else {
      const sample = sampleIn(line);
      if (current === undefined || !belongs(sample.name, name, current.type))
        throw new Error(`${line} belongs to no metric`);
      current.samples.push(sample);
    }
  }
  return families;
}

/** The values of a metric by the values of some of its labels, joined by a space; of several the sum. */
export function valuesBy(
  families: ReadonlyMap<string, ScrapedFamily>,
  name: string,
  ...labels: string[]
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const sample of families.get(name)?.samples ?? []) {
    const key = labels.map((label) => sample.labels[label]).join(" ");
    values[key] = (values[key] ?? 0) + sample.value;
  }
  return values;
}

function sampleIn(line: string): ScrapedSample {
  const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (parts === null) throw new Error(`cannot be read: ${line}`);
  const labels: Record<string, string> = {};
  for (const [, label, value] of (parts[2] ?? "").matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g))
    labels[label!] = value!;
  return { name: parts[1]!, labels, value: Number(parts[3]) };
}

function belongs(sample: string, family: string, type: string): boolean {
  if (type !== "histogram") return sample === family;
  return [`${family}_bucket`, `${family}_sum`, `${family}_count`].includes(sample);
}
