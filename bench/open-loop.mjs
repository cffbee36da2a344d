/**
 * Requests at a constant rate, whether answers come or not, as many users send them: each counts from the moment it was due, so
 * that a server that stands still for a while pays for all who waited. Prints `{ rate, p50, p99 }`: answers/s, ms, without
 * those of the first half second, in which this program's code is compiled.
 */
import { readRequests } from "./requests.mjs";
import { openConnections } from "./sockets.mjs";

const { url, file, from, rate, seconds, connections } = JSON.parse(process.argv[2]);
const next = readRequests(file, from);
const { send, close } = openConnections(url, connections, (error) => {
  console.error(error.message);
  process.exit(1);
});

const NEVER = new Int32Array(new SharedArrayBuffer(4));
/** Answers that come meanwhile are seen so much later. */
const MOST_NAP_MS = 0.05;

const uncounted = Math.round(rate / 2);
const total = uncounted + Math.round(rate * seconds);
const took = [];
const gap = 1_000 / rate;
// Time for the connections to open.
const began = performance.now() + 100;
let [sent, answered] = [0, 0];
turn();

function turn() {
  while (sent < total && began + sent * gap <= performance.now()) {
    const due = began + sent * gap;
    const counts = sent >= uncounted;
    sent += 1;
    send(next(), () => {
      if (counts) took.push(performance.now() - due);
      answered += 1;
      if (answered === total) finish();
    });
  }
  if (sent === total) return;
  // Timers are only good to a millisecond, and turning round and round would take the processor from the server.
  // For what comes so seldom as writes do, a millisecond is good enough.
  const wait = began + sent * gap - performance.now();
  if (wait > 2 || rate < 1_000) setTimeout(turn, 1);
  else {
    if (wait > 0.02) Atomics.wait(NEVER, 0, 0, Math.min(wait, MOST_NAP_MS));
    setImmediate(turn);
  }
}

function finish() {
  close();
  took.sort((a, b) => a - b);
  const quantile = (share) => took[Math.min(took.length - 1, Math.floor(share * took.length))];
  const lasted = (performance.now() - began) / 1_000;
  console.log(JSON.stringify({ rate: total / lasted, p50: quantile(0.5), p99: quantile(0.99) }));
}
