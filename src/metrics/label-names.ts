/** Label values that callers can choose, kept to an end: each new value of a label is a time series for as long as data is kept. */

/** Stands for all names that do not count by themselves. */
export const OTHER = "other";

export interface LabelNames {
  /** The name itself while there is room for it, else `other`. For names that exist: hostile ones would take the room. */
  admit(name: string): string;
  /** The name where it has been admitted, else `other`. */
  known(name: string): string;
}

export function createLabelNames(most: number, always: readonly string[] = []): LabelNames {
  const names = new Set<string>(always);
  return {
    admit(name) {
      if (names.has(name)) return name;
      if (names.size >= most) return OTHER;
      names.add(name);
      return name;
    },
    known: (name) => (names.has(name) ? name : OTHER),
  };
}

/** Names of registries and modes, shared by all metrics of an app. */
export interface NamesInUse {
  registries: LabelNames;
  modes: LabelNames;
}

const MOST_REGISTRIES = 50;
const MOST_MODES = 20;

export function createNamesInUse(defaultRegistry: string): NamesInUse {
  return {
    registries: createLabelNames(MOST_REGISTRIES, [defaultRegistry]),
    modes: createLabelNames(MOST_MODES, ["default"]),
  };
}
