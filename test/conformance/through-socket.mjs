/** What the suite starts for a server: hands its stdin and stdout through to the test (see servers.ts). */
import { connect } from "node:net";

const socket = connect(process.argv[2]);
// The suite ends its side when it has said what it wants.
process.stdin.pipe(socket, { end: false }).pipe(process.stdout);
