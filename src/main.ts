#!/usr/bin/env node
/** The program. */
import { run } from "./cli/program.js";
import { makeProtobufStrict } from "./rpc/strict-protobuf.js";

// Whoever reads our output may have seen enough (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
makeProtobufStrict();
process.exitCode = await run(process.argv, process.env);
