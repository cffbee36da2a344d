/** Deadlines of calls (Connect: `Connect-Timeout-Ms`; gRPC: `grpc-timeout`). */
import { Code, ConnectError } from "@connectrpc/connect";

/** Rejects with DEADLINE_EXCEEDED, in the words of the stock handler's signal, where `work` takes longer. */
export function beforeDeadline<T>(work: T | Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new ConnectError("the operation timed out", Code.DeadlineExceeded));
    const timer = setTimeout(late, ms);
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
