import { describe } from "vitest";
import { onBothEdges } from "./both-edges.js";
import { create, createRegistry, deleteRegistry, setDefault } from "./operations.js";

const LOCKED = { policy: { read_only: true } };
const force = { force: true };

/** Each case deletes a registry, and they share a server. */
const shop = (n: number) => ({ registry: `shop-${n}` });

describe("deleting a registry", () => {
  onBothEdges([
    {
      name: "removes an empty one",
      given: [createRegistry("shop-0"), deleteRegistry("shop-0")],
      when: { do: "get-registry", ...shop(0) },
      gives: { error: "not_found", message: "registry not found" },
    },
    {
      name: "is refused while it has profiles",
      given: [createRegistry("shop-1"), create("a", {}, shop(1))],
      when: deleteRegistry("shop-1"),
      gives: { error: "failed_precondition", message: 'registry "shop-1" is not empty' },
    },
    {
      name: "with force takes its profiles along, its default too",
      given: [
        createRegistry("shop-2"),
        create("a", {}, shop(2)),
        create("b", {}, shop(2)),
        setDefault("b", shop(2)),
      ],
      when: deleteRegistry("shop-2", force),
      gives: { document: {} },
    },
    {
      name: "with force is refused while a profile in it is read-only",
      given: [createRegistry("shop-3"), create("a", {}, shop(3)), create("b", LOCKED, shop(3))],
      when: deleteRegistry("shop-3", force),
      gives: { error: "policy", message: 'policy violation for profile "b": profile is read-only' },
    },
    {
      name: "without force says that it is not empty, also where a profile in it is read-only",
      given: [createRegistry("shop-4"), create("b", LOCKED, shop(4))],
      when: deleteRegistry("shop-4"),
      gives: { error: "failed_precondition", message: 'registry "shop-4" is not empty' },
    },
    {
      name: "refuses a stale expected version",
      given: [createRegistry("shop-5")],
      when: deleteRegistry("shop-5", { expected_version: 2 }),
      gives: {
        error: "version_conflict",
        message: 'registry "shop-5" version conflict: expected=2 actual=1',
      },
    },
    {
      name: "looks at what is in it before the expected version",
      given: [createRegistry("shop-6"), create("b", LOCKED, shop(6))],
      when: deleteRegistry("shop-6", { ...force, expected_version: 9 }),
      gives: { error: "policy", message: 'policy violation for profile "b": profile is read-only' },
    },
    {
      name: "is refused for the server's default registry",
      when: deleteRegistry("default", force),
      gives: {
        error: "failed_precondition",
        message: 'registry "default" is the default registry of this server',
      },
    },
    {
      name: "is refused for one that is not there",
      when: deleteRegistry("ghost"),
      gives: { error: "not_found", message: "registry not found" },
    },
    {
      name: "does not forget its version: creating it again goes on counting",
      given: [createRegistry("shop-9"), deleteRegistry("shop-9")],
      when: createRegistry("shop-9"),
      gives: { document: { metadata: { version: 2 } } },
    },
    {
      name: "does not forget the versions of its profiles",
      given: [
        createRegistry("shop-10"),
        create("a", {}, shop(10)),
        deleteRegistry("shop-10", force),
        createRegistry("shop-10"),
      ],
      when: create("a", {}, shop(10)),
      gives: { document: { metadata: { version: 2 } } },
    },
    {
      name: "and creating it again brings no profile back",
      given: [
        createRegistry("shop-11"),
        create("a", {}, shop(11)),
        deleteRegistry("shop-11", force),
        createRegistry("shop-11"),
      ],
      when: { do: "list-profiles", ...shop(11) },
      gives: { document: [] },
    },
  ]);
});
