#!/usr/bin/env node
/** The program. */
import { run } from "./cli/program.js";
import { makeProtobufStrict } from "./rpc/strict-protobuf.js";

makeProtobufStrict();
process.exitCode = await run(process.argv, process.env);
