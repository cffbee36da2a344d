#!/usr/bin/env node
/** The program. */
import { setFlagsFromString } from "node:v8";
import { run } from "./cli/program.js";
import { makeProtobufStrict } from "./rpc/strict-protobuf.js";

// Whoever reads our output may have seen enough (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
// V8 lets its heap grow to several times what is alive before it looks for garbage. What is alive here are caches, most of
// all, and a resolve leaves little behind: looking after every third as much again costs next to nothing (docs/performance.md).
setFlagsFromString("--heap-growing-percent=30");
makeProtobufStrict();
process.exitCode = await run(process.argv, process.env);
