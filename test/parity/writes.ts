/** Every write that both edges have, and what it can be refused for. */
import type { JsonObject } from "../../src/index.js";
import {
  advanceRollout,
  create,
  createRegistry,
  declare,
  deleteRegistry,
  type Edge,
  getVersion,
  listLog,
  type Operation,
  type Outcome,
  remove,
  rollback,
  rollbackRollout,
  setDefault,
  update,
  updateRegistry,
  updateRollout,
} from "./operations.js";
import { INVALID, LOCKED, stale } from "./refusals.js";

export interface WriteCase {
  name: string;
  /** What is there before, in a registry of the case's own. */
  given: Operation[];
  write: Operation;
  /** The same write, asking for something else. */
  other: Operation;
}

/** What a first stage needs of a rollout. */
export const ON = { contract_enabled: true, runtime_enabled: true };

/** `home` is the registry that the case has to itself; one to delete or to create is named after it. */
export function everyWrite(home: string): WriteCase[] {
  const more = `${home}-more`;
  const there = createRegistry(more);
  const inMore = { registry: more };
  return [
    {
      name: "creating a profile",
      given: [],
      write: create("a", { description: "d" }, { set_default: true }),
      other: create("a", { description: "d" }),
    },
    {
      name: "updating a profile",
      given: [create("a")],
      write: update("a", { description: "d" }, { set_default: true, expected_version: 1 }),
      other: update("a", { description: "e" }, { set_default: true, expected_version: 1 }),
    },
    {
      name: "deleting a profile",
      given: [create("a"), create("b")],
      write: remove("a", { expected_version: 1 }),
      other: remove("b", { expected_version: 1 }),
    },
    {
      name: "setting the default",
      given: [create("a"), create("b")],
      write: setDefault("a", { expected_version: 3 }),
      other: setDefault("b", { expected_version: 3 }),
    },
    {
      name: "a rollback",
      given: [create("a", { description: "one" }), update("a", { description: "two" })],
      write: rollback("a", 1, { expected_version: 2 }),
      other: rollback("a", 2, { expected_version: 2 }),
    },
    {
      name: "a rollback of a deleted profile",
      given: [create("a", { description: "one" }), remove("a")],
      write: rollback("a", 1),
      other: rollback("b", 1),
    },
    {
      name: "creating a registry",
      given: [],
      write: createRegistry(more, { description: "d" }),
      other: createRegistry(more, { description: "e" }),
    },
    {
      name: "updating a registry",
      given: [there],
      write: updateRegistry({ description: "d" }, { ...inMore, expected_version: 1 }),
      other: updateRegistry({ description: "d" }, { ...inMore, expected_version: 0 }),
    },
    {
      name: "deleting a registry",
      given: [there, create("a", {}, inMore)],
      write: deleteRegistry(more, { force: true, expected_version: 2 }),
      other: deleteRegistry(more, { expected_version: 2 }),
    },
    {
      name: "declaring a processing mode",
      given: [],
      write: declare(["fast"]),
      other: declare(["fast", "slow"]),
    },
    {
      name: "updating a rollout",
      given: [declare(["fast"])],
      write: updateRollout("fast", ON, { expected_version: 1, reason: "r" }),
      other: updateRollout("fast", ON, { expected_version: 1, reason: "another" }),
    },
    {
      name: "advancing a rollout",
      given: [create("fast"), declare(["fast"]), updateRollout("fast", ON)],
      write: advanceRollout("fast", { expected_version: 2 }),
      other: advanceRollout("fast"),
    },
    {
      name: "turning a rollout back",
      given: [declare(["fast"]), updateRollout("fast", ON)],
      write: rollbackRollout("fast", "soft", { expected_version: 2 }),
      other: rollbackRollout("fast", "hard", { expected_version: 2 }),
    },
  ];
}

/** Writes that are refused, one for each reason. */
export function everyRefusal(home: string): Omit<WriteCase, "other">[] {
  const more = `${home}-more`;
  const inMore = { registry: more };
  const [a, locked, fast] = [create("a"), create("a", LOCKED), declare(["fast"])];
  const refused = (name: string, write: Operation, ...given: Operation[]) => ({ name, write, given });
  return [
    refused("a create under a bad name", create("No!")),
    refused("a create in no registry", create("a", {}, { registry: "ghost" })),
    refused("a create that is not valid", create("a", INVALID)),
    refused("a second create", create("a"), a),
    refused("a create from a version", create("a", {}, stale)),
    refused("an update of nothing", update("a")),
    refused("an update of a read-only profile", update("a"), locked),
    refused("an update that is not valid", update("a", INVALID), a),
    refused("an update from another version", update("a", {}, stale), a),
    refused("a delete of nothing", remove("a")),
    refused("a delete of a read-only profile", remove("a"), locked),
    refused("a delete of the default", remove("a"), create("a", {}, { set_default: true })),
    refused("a delete from another version", remove("a", stale), a),
    refused("a default that is not there", setDefault("a")),
    refused("a default from another version", setDefault("a", stale), a),
    refused("a rollback to nothing", rollback("a", 2), a),
    refused("a rollback of a read-only profile", rollback("a", 1), locked),
    refused("a rollback from another version", rollback("a", 1, stale), a),
    refused("a registry under a bad name", createRegistry("No!")),
    refused("a second registry", createRegistry(more), createRegistry(more)),
    refused("a registry whose default is not there", updateRegistry({ default_profile_slug: "ghost" })),
    refused("a registry from another version", updateRegistry({}, stale)),
    refused("a delete of no registry", deleteRegistry("ghost")),
    refused("a delete of the server's registry", deleteRegistry("default")),
    refused(
      "a delete of a full registry",
      deleteRegistry(more),
      createRegistry(more),
      create("a", {}, inMore),
    ),
    refused(
      "a delete of a registry with a read-only profile",
      deleteRegistry(more, { force: true }),
      createRegistry(more),
      create("a", LOCKED, inMore),
    ),
    refused("a registry's delete from another version", deleteRegistry(more, stale), createRegistry(more)),
    refused("a mode under a reserved name", declare(["outcomes"])),
    refused("an update of a rollout that is not there", updateRollout("fast", ON)),
    refused("an update of a rollout that is not valid", updateRollout("fast", { percentage: 101 }), fast),
    refused("a flag without the one that it needs", updateRollout("fast", { ui_enabled: true }), fast),
    refused("a percentage past the next stage", updateRollout("fast", { percentage: 50 }), fast),
    refused("force without a reason", updateRollout("fast", { percentage: 50 }, { force: true }), fast),
    refused("an update of a rollout from another version", updateRollout("fast", ON, stale), fast),
    refused("an advance of what is off", advanceRollout("fast"), fast),
    refused("an advance from another version", advanceRollout("fast", stale), fast),
    refused("a rollback of a rollout that is not there", rollbackRollout("fast", "soft")),
    refused("a rollback of a rollout from another version", rollbackRollout("fast", "hard", stale), fast),
  ];
}

/** All that a write may have left behind. */
export async function stateOf(edge: Edge, registry: string): Promise<Outcome[]> {
  const reads: Operation[] = [
    { do: "list-registries" },
    listLog({ registry: "" }),
    { do: "get-registry", registry },
    { do: "list-profiles", registry },
    { do: "list-rollouts", registry },
    { do: "get-profile", slug: "a", registry },
    getVersion("a", 2, { registry }),
  ];
  const outcomes: Outcome[] = [];
  for (const read of reads) outcomes.push(await edge.perform(read));
  return outcomes;
}

/** Does what is given in `home`, an empty registry; all of it must succeed. */
export async function prepare(edge: Edge, home: string, given: readonly Operation[]): Promise<void> {
  for (const operation of [createRegistry(home), ...given]) {
    const outcome = await edge.perform({ registry: home, ...operation });
    if ("error" in outcome) throw new Error(`given: ${operation.do}: ${outcome.error.message}`);
  }
}

export function documentOf(outcome: Outcome): JsonObject {
  if ("error" in outcome) throw new Error(outcome.error.message);
  return outcome.document as JsonObject;
}
