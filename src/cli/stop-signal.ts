/** SIGTERM and SIGINT of a process that serves (spec 6.5). */

/** Calls `stop` at the first; a second one ends the process at once. */
export function onStopSignal(stop: () => void): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(signal === "SIGINT" ? 130 : 143);
    stopping = true;
    stop();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
