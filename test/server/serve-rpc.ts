/** RPC services behind Fastify on one port, as the program mounts them, for tests that speak gRPC to a real server. */
import { execFile } from "node:child_process";
import { setMaxListeners } from "node:events";
import type { AddressInfo } from "node:net";
import type { ConnectRouter } from "@connectrpc/connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import Fastify from "fastify";
import { onTestFinished } from "vitest";
import { createOnePort } from "../../src/server/one-port.js";

export interface RpcServer {
  readonly port: number;
  /** The clean stop: what aborts when it begins, and what resolves when it is done. */
  stop(): Promise<void>;
}

export async function serveRpc(
  routes: (router: ConnectRouter, shutdown: AbortSignal) => void,
): Promise<RpcServer> {
  const shutdown = new AbortController();
  setMaxListeners(0, shutdown.signal);
  const app = Fastify({ serverFactory: createOnePort({ graceMs: 2_000 }), return503OnClosing: false });
  const stop = async () => {
    shutdown.abort();
    await app.close();
  };
  onTestFinished(stop);
  await app.register(fastifyConnectPlugin, {
    routes: (router) => void routes(router, shutdown.signal),
    shutdownSignal: shutdown.signal,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { port: (app.server.address() as AddressInfo).port, stop };
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a client program to its end; -1 is the code of one that is not installed. */
export function run(command: string, ...args: string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 10_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
