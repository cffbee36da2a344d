/**
 * `/metrics` of workers that serve together: whichever is asked, the figures of all are added up. The first process asks them
 * all and merges what they say.
 */
import cluster, { type Worker } from "node:cluster";
import { AggregatorRegistry, type Registry } from "prom-client";

/** A worker that is too busy to say its figures is left out. */
const COLLECT_MS = 1_000;

type Figures = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

type Message =
  /** Worker → first: somebody scrapes. First → worker: what came of it. */
  | { scrape: number; text?: string }
  /** First → worker: say your figures. Worker → first: these. */
  | { collect: number; figures?: Figures };

let asked = 0;

/** In a worker: the text of a scrape, over all workers. */
export function scrapeWorkers(): Promise<string> {
  const scrape = ++asked;
  return new Promise((resolve) => {
    const hear = (message: Partial<Message & { scrape: number }>): void => {
      if (message?.scrape !== scrape) return;
      process.off("message", hear);
      resolve((message as { text: string }).text);
    };
    process.on("message", hear);
    process.send?.({ scrape } satisfies Message);
  });
}

/** In a worker: says its own figures when the first process asks. */
export function sayFigures(registry: () => Registry): void {
  process.on("message", (message: { collect?: number }) => {
    const { collect } = message;
    if (collect === undefined) return;
    void registry()
      .getMetricsAsJSON()
      .then((figures) => process.send?.({ collect, figures } satisfies Message));
  });
}

/** In the first process. */
export function mergeScrapes(): void {
  cluster.on("message", (worker, { scrape }: { scrape?: number }) => {
    if (scrape === undefined) return;
    void collect()
      .then((figures) => AggregatorRegistry.aggregate(figures).metrics())
      .then((text) => worker.send({ scrape, text } satisfies Message, () => {}));
  });
}

async function collect(): Promise<Figures[]> {
  const number = ++asked;
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const said = await Promise.all(workers.map((worker) => figuresOf(worker, number)));
  return said.filter((figures) => figures !== undefined);
}

function figuresOf(worker: Worker, number: number): Promise<Figures | undefined> {
  return new Promise((resolve) => {
    const done = (figures?: Figures): void => {
      clearTimeout(limit);
      worker.off("message", hear).off("exit", gone);
      resolve(figures);
    };
    const hear = (message: { collect?: number; figures?: Figures }): void => {
      if (message.collect === number) done(message.figures);
    };
    const gone = (): void => done();
    const limit = setTimeout(gone, COLLECT_MS);
    worker.on("message", hear).on("exit", gone);
    worker.send({ collect: number } satisfies Message, (error: Error | null) => {
      if (error) done();
    });
  });
}
