/** How far a copy has come, on a terminal; elsewhere nothing. */

export interface ProgressLine {
  show: (copied: number, total: number) => void;
  /** Leaves the line empty for what follows. */
  clear(): void;
}

const INTERVAL_MS = 100;

export function createProgressLine(what: string, output: NodeJS.WriteStream = process.stderr): ProgressLine {
  let shownAt = 0;
  return {
    show(copied, total) {
      if (!output.isTTY || total === 0 || performance.now() - shownAt < INTERVAL_MS) return;
      shownAt = performance.now();
      output.write(`\r${what}: ${Math.floor((100 * copied) / total)} % of ${total} pages`);
    },
    clear() {
      if (shownAt > 0) output.write("\r\u001b[K");
      shownAt = 0;
    },
  };
}
