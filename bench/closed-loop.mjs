/**
 * Run by load.mjs where wrk or h2load is not installed: answers per second, where a connection or stream sends its next request
 * when it has its answer. Prints the rate. With `count` in place of `seconds` it ends after so many requests: warming.
 */
import { connect } from "node:http2";
import { readRequests } from "./requests.mjs";
import { openConnections } from "./sockets.mjs";

const {
  url,
  seconds = Number.POSITIVE_INFINITY,
  count = Number.POSITIVE_INFINITY,
  connections,
  ...what
} = JSON.parse(process.argv[2]);
const client = what.file === undefined ? http2Client() : http1Client();

const began = performance.now();
const end = began + seconds * 1_000;
let [sent, answered, lanes] = [0, 0, connections];
for (let lane = 0; lane < connections; lane++) turn();

function turn() {
  if (sent < count && performance.now() < end) {
    sent += 1;
    client.send(() => {
      answered += 1;
      turn();
    });
    return;
  }
  lanes -= 1;
  if (lanes > 0) return;
  client.close();
  console.log(JSON.stringify((answered * 1_000) / (performance.now() - began)));
}

function failed(error) {
  console.error(error.message);
  process.exit(1);
}

function http1Client() {
  const next = readRequests(what.file, what.from);
  const { send, close } = openConnections(url, connections, failed);
  return { send: (done) => send(next(), done), close };
}

/** Errors of gRPC are in the trailers, or in the headers where there is nothing else. */
function check({ ":status": status = 200, "grpc-status": code = "0" }) {
  if (status !== 200 || code !== "0") failed(new Error(`${url} answered ${status}, grpc-status ${code}`));
}

function http2Client() {
  const session = connect(url).on("error", failed);
  const headers = { ":method": "POST", ":path": what.path, "content-type": what.type, te: "trailers" };
  const body = Buffer.from(what.body, "base64");
  return {
    send(done) {
      const stream = session.request(headers);
      stream.on("response", check).on("trailers", check);
      stream.on("error", failed).on("end", done).resume();
      stream.end(body);
    },
    close: () => session.close(),
  };
}
