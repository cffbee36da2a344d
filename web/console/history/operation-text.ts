const TEXTS: Record<string, string> = {
  create_profile: "created",
  update_profile: "edited",
  delete_profile: "deleted",
  rollback_profile: "rolled back",
  set_read_only: "locked or unlocked",
  set_default_profile: "default set",
  create_registry: "registry created",
  update_registry: "registry edited",
  delete_registry: "registry deleted",
  import: "imported",
  seed: "seeded",
  restore: "restored from a backup",
  create_rollout: "rollout declared",
  update_rollout: "rollout changed",
  advance_rollout: "rollout advanced",
  rollback_rollout: "rollout turned back",
  auto_rollback_rollout: "rollout turned back by itself",
  delete_rollout: "rollout removed",
};

/** What was asked for, in a word; operations that are newer than this console by their own name. */
export function operationText(operation: string): string {
  return TEXTS[operation] ?? operation.replaceAll("_", " ");
}
