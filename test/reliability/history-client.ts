import type { Edge, Operation, Outcome } from "./history.js";

/** A client of one server over one edge. */
export interface Client {
  edge: Edge;
  /** Lost when the signal is aborted. */
  perform(operation: Operation, signal?: AbortSignal): Promise<Outcome>;
  /** Ends its connections. */
  close(): void;
}
