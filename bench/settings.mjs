/** How large a run is: by environment variables. With QUICK=1 it only shows that all of it works. */
const quick = process.env.QUICK === "1";
const number = (name, usual, small) => Number(process.env[name] ?? (quick ? small : usual));

/** Interleaved rounds; medians are taken over them. */
export const ROUNDS = number("ROUNDS", 5, 1);
/** Rounds before those, in which code is compiled. */
export const UNCOUNTED = number("UNCOUNTED", 1, 0);
/** Length of each measurement of a rate. */
export const SECONDS = number("SECONDS", 2, 1);
/** Length of each measurement of a p99, which needs more answers. */
export const P99_SECONDS = number("P99_SECONDS", 3, 1);
/** Requests in flight. */
export const CONNECTIONS = number("CONNECTIONS", 32, 32);
/** Profiles of the registry, and of the small and the large one. */
export const PROFILES = number("PROFILES", 10_000, 200);
export const SMALL = number("SMALL", 10, 10);
export const LARGE = number("LARGE", 100_000, 1_000);
/** Starts that the median is taken from. */
export const STARTS = number("STARTS", 5, 2);
/** Durable writes per second, while resolves go on. */
export const WRITES = number("WRITES", 200, 200);
/** Only rows whose name matches, in any case. */
export const ONLY = new RegExp(process.env.ONLY ?? "", "i");
/** Whether bench/results is written. */
export const WRITE = process.argv.includes("--write");
