import { once } from "node:events";
import { createServer } from "node:net";

/** Below the range from which systems give ports to clients: servers can start on it again and again. */
export async function findFreePort(): Promise<string> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, "127.0.0.1");
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (free) return String(port);
  }
}
