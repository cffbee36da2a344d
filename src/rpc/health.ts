/**
 * `grpc.health.v1.Health`, the gRPC health checking protocol
 * (https://github.com/grpc/grpc/blob/master/doc/health-checking.md), which orchestrators and load balancers ask.
 */
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.js";
import { quoteCut } from "../domain/errors.js";

/** Whether the process takes work. One answer for the whole server and each of its services, since they share a store. */
export interface HealthState {
  readonly serving: boolean;
  set(serving: boolean): void;
  /** Calls `changed` after each change, until the function that it answers is called. */
  subscribe(changed: () => void): () => void;
}

/** A new state is not serving. */
export function createHealthState(): HealthState {
  const listeners = new Set<() => void>();
  let serving = false;
  return {
    get serving() {
      return serving;
    },
    set(next) {
      if (next === serving) return;
      serving = next;
      for (const changed of listeners) changed();
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => {
        listeners.delete(changed);
      };
    },
  };
}

export interface HealthOptions {
  readonly state: HealthState;
  /** Full names of the services that can be asked about, besides "" for the server as a whole. */
  readonly services: readonly string[];
  /**
   * Ends the watches when the server stops: their last message is NOT_SERVING, their status OK. It gets a listener for each
   * open watch, so lift its limit (`events.setMaxListeners`).
   */
  readonly shutdown: AbortSignal;
}

export function healthRoutes(router: ConnectRouter, { state, services, shutdown }: HealthOptions): void {
  const known = new Set(["", ...services]);
  const status = () => (state.serving && !shutdown.aborted ? Status.SERVING : Status.NOT_SERVING);

  router.service(Health, {
    check({ service }) {
      if (!known.has(service)) throw new ConnectError(`unknown service ${quoteCut(service)}`, Code.NotFound);
      return { status: status() };
    },

    list() {
      return { statuses: Object.fromEntries([...known].map((name) => [name, { status: status() }])) };
    },

    /** Changes that follow each other faster than the client reads come as one. */
    async *watch({ service }, { signal }) {
      const current = () => (known.has(service) ? status() : Status.SERVICE_UNKNOWN);
      let resolve = () => {};
      const wake = () => resolve();
      const unsubscribe = state.subscribe(wake);
      shutdown.addEventListener("abort", wake);
      signal.addEventListener("abort", wake);
      try {
        for (let sent: Status | undefined; ; ) {
          // In this order nothing is missed: what happens from here on wakes us, and the last status is sent before the end.
          const woken = new Promise<void>((wakeUp) => {
            resolve = wakeUp;
          });
          const ended = shutdown.aborted || signal.aborted;
          const next = current();
          if (next !== sent) yield { status: next };
          sent = next;
          if (ended) return;
          await woken;
        }
      } finally {
        unsubscribe();
        shutdown.removeEventListener("abort", wake);
        signal.removeEventListener("abort", wake);
      }
    },
  });
}
