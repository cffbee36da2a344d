/** Whether a database holds together: its pages, its documents, its log (spec 6.4). */
import type { Rules } from "../../../domain/profile-draft.js";
import { StoreOpenError } from "../../store.js";
import { type Contents, contentsOf } from "./backup.js";
import { isDamage, pageFaults } from "./damage.js";
import { hasRollouts } from "./has-rollouts.js";
import { openSnapshot, type Snapshot } from "./open-snapshot.js";
import type { Report } from "./problem.js";
import { checkDocuments } from "./verify-documents.js";
import { checkLog } from "./verify-log.js";
import { checkRollouts } from "./verify-rollouts.js";

export interface VerifyOptions {
  path: string;
  /** Default 5,000. */
  busyTimeoutMs?: number | undefined;
  /** What documents are held against. */
  rules: Rules;
  /** Called for every problem, as it is found. */
  report: Report;
}

/**
 * Works beside servers, on what is stored at one moment, and changes nothing. Returns what there is; undefined where that
 * cannot be told. Throws StoreOpenError where there is nothing that could be verified.
 */
export async function verifyDatabase({
  path,
  busyTimeoutMs,
  rules,
  report,
}: VerifyOptions): Promise<Contents | undefined> {
  let snapshot: Snapshot;
  try {
    snapshot = await openSnapshot(path, busyTimeoutMs);
  } catch (error) {
    if (!(error instanceof StoreOpenError) || !isDamage(error.cause)) throw error;
    report({ problem: error.message });
    return undefined;
  }
  const { db } = snapshot;
  const asFarAsReadable = <T>(what: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      report({ problem: `${what} cannot be read to the end: ${(error as Error).message}` });
      return undefined;
    }
  };
  try {
    for (const fault of pageFaults(db, "integrity_check")) report({ problem: fault });
    asFarAsReadable("the documents", () => checkDocuments(db, rules, report));
    asFarAsReadable("the rollouts", () => {
      if (hasRollouts(db)) checkRollouts(db, report);
    });
    asFarAsReadable("the log", () => checkLog(db, report));
    return asFarAsReadable("what is stored", () => contentsOf(snapshot));
  } finally {
    db.close();
  }
}
