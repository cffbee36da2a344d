/** Cells by a few labels, reached without making a string of them. */
import type { Labels, Sample } from "./family.js";

export interface Table<L extends string, C> {
  /** Made on first use. A value for each label, in their order; callers see to it that there is an end to the values. */
  at(...values: readonly string[]): C;
  entries(): Generator<[Readonly<Record<L, string>>, C]>;
}

type Branch<C> = Map<string, Branch<C> | C>;

/** `labels`: at least one. */
export function createTable<L extends string, C>(labels: readonly L[], make: () => C): Table<L, C> {
  const root: Branch<C> = new Map();
  const last = labels.length - 1;

  function* walk(branch: Branch<C>, depth: number, above: Labels): Generator<[Record<L, string>, C]> {
    for (const [value, next] of branch) {
      const path = { ...above, [labels[depth]!]: value };
      if (depth === last) yield [path as Record<L, string>, next as C];
      else yield* walk(next as Branch<C>, depth + 1, path);
    }
  }

  return {
    at(...values) {
      let branch = root;
      for (let i = 0; i < last; i++) {
        let next = branch.get(values[i]!) as Branch<C> | undefined;
        if (next === undefined) {
          next = new Map();
          branch.set(values[i]!, next);
        }
        branch = next;
      }
      let cell = branch.get(values[last]!) as C | undefined;
      if (cell === undefined) {
        cell = make();
        branch.set(values[last]!, cell);
      }
      return cell;
    },
    entries: () => walk(root, 0, {}),
  };
}

export interface Count {
  value: number;
}

export function createCounts<L extends string>(...labels: readonly L[]): Table<L, Count> {
  return createTable(labels, () => ({ value: 0 }));
}

export function countSamples(counts: Table<string, Count>): Sample[] {
  return [...counts.entries()].map(([labels, { value }]) => ({ labels, value }));
}
