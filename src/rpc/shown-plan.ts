/** The way back of the plan that ImportDocuments answers, for clients. */
import type { ImportDocumentsResponse } from "../../gen/profileregistry/v1/document_service_pb.js";
import { PlannedAction } from "../../gen/profileregistry/v1/document_service_pb.js";
import { emptyPlan, type ImportPlan, type PlannedChange } from "../domain/import-plan.js";
import { jsonFromValue } from "./json-value.js";

const ACTIONS: Partial<Record<PlannedAction, PlannedChange["action"]>> = {
  [PlannedAction.CREATE]: "create",
  [PlannedAction.CHANGE]: "change",
  [PlannedAction.DELETE]: "delete",
};

export async function planFrom(
  answers: AsyncIterable<ImportDocumentsResponse>,
): Promise<{ plan: ImportPlan; revision: number }> {
  const plan = emptyPlan();
  let revision = 0;
  for await (const { changes, summary } of answers) {
    for (const { action, registry, profile, differences } of changes) {
      plan.changes.push({
        action: ACTIONS[action] ?? "change",
        registry,
        ...(profile === "" ? {} : { profile }),
        ...(action === PlannedAction.CHANGE
          ? {
              differences: differences.map(({ pointer, from, to }) => ({
                pointer,
                ...(from === undefined ? {} : { from: jsonFromValue(from, pointer) }),
                ...(to === undefined ? {} : { to: jsonFromValue(to, pointer) }),
              })),
            }
          : {}),
      });
    }
    if (summary !== undefined) {
      const { created, changed, unchanged, deleted } = summary;
      plan.counts = { created, changed, unchanged, deleted };
      revision = Number(summary.revision);
    }
  }
  return { plan, revision };
}
