/** How much garbage may gather before V8 looks for it in the whole heap (docs/adr/026). */
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** In bytes. A process with full caches has more in use, and one with 10,000 profiles less. */
const SMALL_HEAP = 100_000_000;
/** In percent of what is alive. V8's own choice is several times as much. */
const OF_SMALL = 60;
const OF_LARGE = 25;

/**
 * A full collection makes all who ask just then wait, so it should come seldom; but what gathers until then is memory that the process
 * takes. Where there is little alive it may be more. V8 reads the share at the end of each full collection.
 */
export function boundHeapGrowth(): void {
  let share: number | undefined;
  const choose = (): void => {
    const wanted = getHeapStatistics().used_heap_size < SMALL_HEAP ? OF_SMALL : OF_LARGE;
    if (wanted === share) return;
    share = wanted;
    setFlagsFromString(`--heap-growing-percent=${share}`);
  };
  choose();
  new PerformanceObserver(choose).observe({ entryTypes: ["gc"] });
}
