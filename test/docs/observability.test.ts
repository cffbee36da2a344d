/** docs/observability.md lists what a server gives at `/metrics` and in its log; dashboard and alert rules ask for what there is. */
import { pino } from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Outcome } from "../../src/domain/rollout.js";
import { type ScrapedFamily, scrape } from "../server/scrape.js";
import { restClient } from "../support/rest.js";
import { connectClients } from "../support/rpc.js";
import { REGISTRIES, startServer } from "../support/server.js";
import { readDocument, tableRows } from "./markdown.js";

const DOCUMENT = readDocument("docs/observability.md");
const OUTCOME: Outcome = {
  registry: "default",
  mode: "fast",
  resolved_mode: "fast",
  applied_mode: "fast",
  deployment: "local",
  latency_ms: 100,
  success: true,
};

let families: Map<string, ScrapedFamily>;
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  const server = await startServer(
    { "seed-file": REGISTRIES },
    { logger: pino({ level: "debug" }, { write }) },
  );
  const { url, services, store } = server;
  const rest = restClient(url);
  await rest("GET", "/resolve/analyst");
  await rest("POST", "/resolve/analyst", { body: { request_overrides: { tools: [] } } });
  await rest("POST", "/profiles", { body: { slug: "one", registry: "default" } });
  await connectClients(url).resolver.resolveProfile({});
  await services.rollouts.reportOutcomes([
    OUTCOME,
    { ...OUTCOME, resolved_mode: "default", applied_mode: "default" },
  ]);
  await scrape(url);
  families = await scrape(url);
  await store.close();
  await rest("GET", "/resolve/analyst");
  await server.stop();
});

/** Labels that every series has, once it is scraped. */
const OF_TARGETS = ["instance", "job"];

function labelsOf(family: string): string[] {
  const labels = families.get(family)!.samples.flatMap((sample) => Object.keys(sample.labels));
  return [...new Set(labels)].filter((label) => label !== "le").sort();
}

const isOwn = (name: string): boolean => name.startsWith("profile_registry_");

describe("the list of metrics", () => {
  const rows = [...tableRows(DOCUMENT, "metric"), ...tableRows(DOCUMENT, "metric of the process")];

  it("has every metric that a server gives, with its type, and no other", () => {
    const given = [...families].map(([name, { type }]) => `${name} ${type}`).sort();
    expect(rows.map(([name, type]) => `${name} ${type}`).sort()).toEqual(given);
  });

  it("has their labels", () => {
    for (const [name = "", , labels = ""] of rows) {
      const listed = [...labels.matchAll(/\w+/g)].map(String).sort();
      if (isOwn(name) || families.get(name)!.samples.length > 0) expect(labelsOf(name), name).toEqual(listed);
    }
  });
});

describe("metrics of our own are named as Prometheus has it:", () => {
  const own = (): [string, ScrapedFamily][] => [...families].filter(([name]) => isOwn(name));

  it("in snake case, with a help text", () => {
    for (const [name, { help, samples }] of own()) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(help, name).toMatch(/^\S.*\.$/);
      for (const { labels } of samples) {
        for (const label of Object.keys(labels)) expect(label, name).toMatch(/^[a-z][a-z0-9_]*$/);
      }
    }
  });

  it("`_total` for counters alone, without the name of a type, without suffixes of a histogram", () => {
    for (const [name, { type }] of own()) {
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      expect(name).not.toMatch(/_(counter|gauge|histogram|summary|bucket|sum|count)(_|$)/);
    }
  });

  it("in base units", () => {
    for (const [name, { type }] of own()) {
      expect(name).not.toMatch(/_(milliseconds|ms|minutes|hours|days|kilobytes|megabytes|percent)(_total)?$/);
      if (type === "histogram") expect(name).toMatch(/_seconds$/);
    }
  });
});

/** Each metric that an expression names, with the labels that it is picked by. */
function metricsIn(expression: string): { name: string; labels: string[] }[] {
  const named = /\b((?:profile_registry|process|nodejs)_\w+)(?:\{([^}]*)\})?/g;
  return [...expression.matchAll(named)].map(([, name = "", selector = ""]) => ({
    name: families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ""),
    labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  }));
}

/** `shown`: labels that texts beside the expression show. */
function expectAnswerable(expression: string, shown: readonly string[]): void {
  const metrics = metricsIn(expression);
  const grouped = [...expression.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(",").map((label) => label.trim()),
  );
  for (const { name, labels } of metrics) {
    expect(families.has(name), `${name} in ${expression}`).toBe(true);
    const has = [...labelsOf(name), ...OF_TARGETS];
    if (families.get(name)!.type === "histogram") has.push("le");
    expect(has, expression).toEqual(expect.arrayContaining([...labels, ...grouped]));
  }
  const left =
    grouped.length > 0 ? grouped : [...metrics.flatMap(({ name }) => labelsOf(name)), ...OF_TARGETS];
  expect(left, expression).toEqual(expect.arrayContaining([...shown]));
}

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}

describe("an alert rule", () => {
  const { groups } = parse(readDocument("docs/observability/alerts.yaml")) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s asks for what there is", (_, rule) => {
    const { expr, annotations, labels } = rule;
    const shown = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
    expectAnswerable(expr, shown);
    expect(["warning", "critical"]).toContain(labels.severity);
    expect(annotations.description).not.toBe("");
  });
});

interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: { uid: string };
  targets?: { expr: string; legendFormat: string; datasource: { uid: string } }[];
}

describe("the dashboard", () => {
  const dashboard = JSON.parse(readDocument("docs/observability/grafana-dashboard.json")) as {
    schemaVersion: number;
    panels: Panel[];
    templating: { list: { name: string; type: string; definition?: string }[] };
  };
  const panels = dashboard.panels.filter(({ type }) => type !== "row");
  const variables = dashboard.templating.list;

  it("can be imported: panels have ids of their own, and all ask the source that is picked", () => {
    expect(dashboard.schemaVersion).toBeGreaterThan(30);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(variables).toContainEqual(expect.objectContaining({ name: "datasource", type: "datasource" }));
    for (const { datasource, targets = [] } of panels) {
      for (const { uid } of [datasource!, ...targets.map((target) => target.datasource)])
        expect(uid).toMatch(/^\$\{datasource\}$/);
    }
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))("%s asks for what there is", (_, panel) => {
    expect(panel.targets?.length).toBeGreaterThan(0);
    const known = [...variables.map(({ name }) => name), "__rate_interval"];
    for (const { expr, legendFormat } of panel.targets!) {
      expectAnswerable(
        expr,
        [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label),
      );
      for (const [, name] of expr.matchAll(/\$(\w+)/g)) expect(known).toContain(name);
    }
  });

  it("offers values of labels that there are", () => {
    const queries = variables.filter(({ type }) => type === "query");
    expect(queries.length).toBeGreaterThan(0);
    for (const { definition = "" } of queries) {
      const [, metric = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      expectAnswerable(metric, [label]);
    }
  });

  it("shows or warns of every metric of our own", () => {
    const asked = `${readDocument("docs/observability/alerts.yaml")}${JSON.stringify(dashboard)}`;
    const unseen = [...families.keys()].filter((name) => isOwn(name) && !asked.includes(name));
    expect(unseen).toEqual([]);
  });
});

describe("the list of log members", () => {
  it("has every member of a request's line, and no other", () => {
    const requests = lines.filter(({ msg }) => msg === "request" || msg === "request failed");
    const seen = [...new Set(requests.flatMap((line) => Object.keys(line)))].sort();
    expect(
      tableRows(DOCUMENT, "member")
        .map(([member]) => member)
        .sort(),
    ).toEqual(seen);
  });
});
