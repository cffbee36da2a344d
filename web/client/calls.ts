/** What the methods of every resource share: registry, versions, keys, and who is told of a write. */
import { ProfileRegistryError } from "./error.js";
import { jsonOf } from "./json-answers.js";
import { newKey } from "./new-key.js";
import type { Received, Sent, Transport } from "./transport.js";

export interface ReadOptions {
  /** Ends the call, also while it waits to try again: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface RegistryOptions extends ReadOptions {
  /** Default: the client's. */
  registry?: string | undefined;
}

export interface WriteOptions extends ReadOptions {
  /** Runs every check and answers as if written; nothing is stored. */
  validateOnly?: boolean | undefined;
  /** For a write that is sent again after its answer was lost: the same as the first time. Default: a new one. */
  idempotencyKey?: string | undefined;
}

export interface NewDocumentOptions extends WriteOptions {
  registry?: string | undefined;
}

export interface Calls {
  /** The registry that a call without a name of one is about. */
  registryOf(options: { registry?: string | undefined }): string | undefined;
  read(path: string, sent?: Sent): Promise<Received>;
  get<T>(path: string, sent?: Sent): Promise<T>;
  /** A write of the store. Undefined where the answer is empty. */
  write<T>(method: string, path: string, sent: Sent, options: WriteOptions): Promise<T>;
  /** A POST that does not write the store. */
  post<T>(path: string, sent: Sent): Promise<T>;
  /** To be called after what else others have to know of. */
  afterWrite(): void;
}

export function createCalls({ ask }: Transport, registry: string | undefined, afterWrite: () => void): Calls {
  return {
    afterWrite,
    registryOf: (options) => options.registry ?? registry,
    read: (path, sent) => ask("GET", path, sent),
    get: async (path, sent) => jsonOf(await ask("GET", path, sent)),
    async write<T>(method: string, path: string, sent: Sent, options: WriteOptions) {
      const { signal, validateOnly, idempotencyKey: key = newKey() } = options;
      const query = { ...sent.query, validate_only: validateOnly || undefined };
      const answer = await ask(method, path, { ...sent, query, key, signal });
      if (!validateOnly) afterWrite();
      return (answer.text === "" ? undefined : jsonOf(answer)) as T;
    },
    post: async <T>(path: string, sent: Sent) => jsonOf<T>(await ask("POST", path, sent)),
  };
}

/** A name as a segment of a path. One that paths read as a direction names no document, on any server. */
export function segment(name: string): string {
  if (/^\s*\.{0,2}\s*$/.test(name)) {
    throw new ProfileRegistryError({ status: 400, code: "malformed", detail: `invalid name: "${name}"` });
  }
  return encodeURIComponent(name);
}
