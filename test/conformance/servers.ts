/**
 * Servers for the suite, in this process. It starts a command for each, which is to read from stdin what server is wanted and
 * to say on stdout where it is: ours only hands both through a socket.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { create, type FileRegistry, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { startServer, type TestServer } from "../support/server.js";
import { conformanceRoutes } from "./service.js";
import { messageOf } from "./suite.js";

const LENGTH_BYTES = 4;
const THROUGH_SOCKET = fileURLToPath(new URL("through-socket.mjs", import.meta.url));

export interface SuiteServers extends AsyncDisposable {
  /** What the suite is to start. */
  command: string[];
}

export async function serveSuite(types: FileRegistry, socketPath: string): Promise<SuiteServers> {
  const servers = new Map<number, Promise<TestServer>>();
  // Every server serves all protocols, so only how large messages may be tells them apart.
  const serverWith = (limit: number): Promise<TestServer> => {
    const running =
      servers.get(limit) ??
      startServer(limit === 0 ? {} : { "max-body-bytes": String(limit) }, {
        routes: conformanceRoutes(types),
      });
    servers.set(limit, running);
    return running;
  };
  // The suite does not wait for long.
  await serverWith(0);
  const listener = createServer((socket) => {
    // The suite may end the command at any time.
    socket.on("error", () => {});
    void tellServer(types, socket, serverWith);
  });
  listener.listen(socketPath);
  await once(listener, "listening");
  return {
    command: [process.execPath, THROUGH_SOCKET, socketPath],
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const server of servers.values()) await (await server).stop();
    },
  };
}

/** The suite ends the command when it is done with the server. */
async function tellServer(
  types: FileRegistry,
  socket: Socket,
  serverWith: (limit: number) => Promise<TestServer>,
): Promise<void> {
  const wanted = fromBinary(messageOf(types, "ServerCompatRequest"), await framed(socket)) as Message & {
    messageReceiveLimit: number;
  };
  const { port } = await serverWith(wanted.messageReceiveLimit);
  const schema = messageOf(types, "ServerCompatResponse");
  const answer = toBinary(schema, create(schema, { host: "127.0.0.1", port }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(answer.length);
  socket.write(Buffer.concat([length, answer]));
}

async function framed(socket: Socket): Promise<Uint8Array> {
  let bytes = Buffer.alloc(0);
  const chunks: AsyncIterable<Buffer> = socket.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= LENGTH_BYTES && bytes.length >= LENGTH_BYTES + bytes.readUInt32BE()) {
      return bytes.subarray(LENGTH_BYTES);
    }
  }
  throw new Error("the suite has not said what server it wants");
}
