/** Until it is disposed of, the first SIGINT or SIGTERM aborts its signal instead of ending the process; a second one ends it. */
export function interruption(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new Error("interrupted"));
  process.once("SIGINT", abort).once("SIGTERM", abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off("SIGINT", abort).off("SIGTERM", abort);
    },
  };
}
