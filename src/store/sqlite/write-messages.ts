/** What a serving thread and its writer thread say to each other: data, and nothing else (spec 6.2). */
import { DomainError, type ErrorCode, type Violation } from "../../domain/errors.js";
import type { FiguresCell } from "../../domain/figures.js";
import type { Commit, Committed, Conflict } from "../store.js";
import type { Progress } from "./changes.js";
import type { AppliedCommit } from "./commit.js";
import type { FilesInUse } from "./open-files.js";
import type { Packed } from "./packed.js";

/** What a connection of the thread is opened with. */
export interface WriterSetting {
  files: FilesInUse;
  foreignKeys: boolean;
  busyTimeoutMs: number;
}

export type Write<C extends AppliedCommit = Commit> =
  | { commit: C }
  | { figures: readonly FiguresCell[]; keepSinceMs: number };

export interface WriteRequest<C extends AppliedCommit = Commit> {
  id: number;
  write: Write<C>;
  /** What the serving thread had seen by then. */
  seen: Progress;
}

/** Of a large commit, which is sent in pieces: they come before the request, which has none of this itself. */
export interface CommitPiece {
  id: number;
  expect: Packed;
  changes: Packed;
}

/** `close` is a request too, and has an id. */
export type MessageToWriter = { store: number } & (
  | { open: WriterSetting }
  | { piece: CommitPiece }
  | { request: WriteRequest }
  | { close: number }
);

/** Registries as rows hold them: a copy between threads gives maps a prototype. */
export type WrittenOutcome =
  | Conflict
  | (Omit<Committed, "registries"> & { registries: { slug: string; payload: string }[] });

export type WriteAnswer = { id: number } & ({ outcome: WrittenOutcome | undefined } | { failure: Failure });

/** All that were answered together. */
export interface MessageFromWriter {
  store: number;
  answers: WriteAnswer[];
  /** After a transaction that was committed. */
  progress?: Progress;
  /** Whether it has met an edit by hand, which no serving thread could find any more. */
  unlogged: boolean;
}

/** An error; a copy between threads would keep neither its class nor its code. */
export interface Failure {
  name: string;
  message: string;
  stack: string | undefined;
  domain?: { code: ErrorCode; violations: readonly Violation[]; metadata: Readonly<Record<string, string>> };
  cause?: Failure;
}

export function failureOf(error: unknown): Failure {
  const { name, message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  return {
    name,
    message,
    stack,
    ...(error instanceof DomainError
      ? { domain: { code: error.code, violations: error.violations, metadata: error.metadata } }
      : {}),
    ...(cause === undefined ? {} : { cause: failureOf(cause) }),
  };
}

export function errorOf({ name, message, stack, domain, cause: from }: Failure): Error {
  const cause = from === undefined ? undefined : errorOf(from);
  if (domain !== undefined) return new DomainError(domain.code, message, { ...domain, cause });
  return Object.assign(new Error(message, cause && { cause }), { name, stack });
}
