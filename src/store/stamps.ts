/** Numbers that tell whether something may have changed, of any number of names. */
export interface Stamps {
  /** Another one whenever what has the name may have changed. */
  at(name: string): number;
  move(name: string): void;
  moveAll(): void;
}

/** Of more it is not told apart which of them have changed. */
const MOST_NAMES = 50_000;

export function createStamps(): Stamps {
  const moved = new Map<string, number>();
  let last = 0;
  /** Of all that are not in `moved`. */
  let others = 0;
  const moveAll = (): void => {
    moved.clear();
    others = ++last;
  };
  return {
    at: (name) => moved.get(name) ?? others,
    move(name) {
      if (moved.size >= MOST_NAMES) moveAll();
      moved.set(name, ++last);
    },
    moveAll,
  };
}
