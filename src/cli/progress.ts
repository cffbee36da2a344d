/** How far long work has come, on a terminal; elsewhere nothing. */

export interface ProgressLine {
  show: (done: number, total: number) => void;
  /** What goes on where nobody can tell how far it has come. */
  say(text: string): void;
  /** Leaves the line empty for what follows. */
  clear(): void;
}

const INTERVAL_MS = 100;

export function createProgressLine(what: string, unit: string): ProgressLine {
  const output = process.stderr;
  let shownAt = 0;
  const write = (text: string): void => {
    shownAt = performance.now();
    output.write(`\r${what}: ${text}\u001b[K`);
  };
  return {
    show(done, total) {
      if (!output.isTTY || total === 0 || performance.now() - shownAt < INTERVAL_MS) return;
      write(`${Math.floor((100 * done) / total)} % of ${total} ${unit}`);
    },
    say(text) {
      if (output.isTTY) write(text);
    },
    clear() {
      if (shownAt > 0) output.write("\r\u001b[K");
      shownAt = 0;
    },
  };
}
