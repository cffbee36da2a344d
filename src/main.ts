#!/usr/bin/env node
/** The program. */
import { setFlagsFromString } from "node:v8";
import { boundHeapGrowth } from "./cli/heap-growth.js";
import { run } from "./cli/program.js";
import { makeProtobufStrict } from "./rpc/strict-protobuf.js";

// Whoever reads our output may have seen enough (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
boundHeapGrowth();
// While caches fill, objects from places in the code that also make those of a request live long. V8 would conclude that all of
// them do, and put them where only a full collection finds them, and with them whatever they refer to: the whole request.
setFlagsFromString("--no-allocation-site-pretenuring");
makeProtobufStrict();
process.exitCode = await run(process.argv, process.env);
