import { describe, expect, test } from "vitest";
import type { Operation, Recorded, Refusal, SeenProfile } from "./history.js";
import { contradictionsIn, type History } from "./history-check.js";
import { createStory } from "./history-story.js";

/** The records and the log of a story, to be spoilt. */
function told(tell: (story: ReturnType<typeof createStory>) => void): History {
  const story = createStory();
  tell(story);
  return story.history;
}

const patch = (name: "name" | "note" | "prompt", value: string, expectedVersion?: number): Operation => ({
  do: "update-profile",
  registry: "default",
  slug: "p0",
  texts: { [name]: value },
  setDefault: false,
  expectedVersion,
});
const createAsDefault: Operation = {
  do: "create-profile",
  registry: "default",
  slug: "new",
  texts: { name: "n", note: "n", prompt: "n" },
  setDefault: true,
};
const get: Operation = { do: "get-profile", registry: "default", slug: "p0" };

const last = <T>(list: readonly T[]): T => list.at(-1)!;
const lastDone = ({ records }: History): Recorded["outcome"] & { is: "done" } => {
  const { outcome } = last(records);
  return outcome.is === "done" ? outcome : expect.unreachable();
};
const refuse = (record: Recorded, refusal: Refusal): void => {
  record.outcome = { is: "refused", ...refusal };
};
/** As if the last write had never reached the log. */
const forget = (history: History): void => {
  const { commitRevision } = last(history.log);
  history.log = history.log.filter((entry) => entry.commitRevision !== commitRevision);
};

describe("histories that hold", () => {
  test.each<[string, History]>([
    ["nothing happened", told(() => {})],
    [
      "writes one after the other, a read and a conflict",
      told((story) => {
        story.act(0, 1, patch("name", "a"));
        story.act(2, 3, patch("note", "b", 2));
        story.act(4, 5, patch("note", "c", 2));
        story.act(6, 7, get);
        story.act(8, 9, createAsDefault);
        story.act(10, 11, { do: "list-profiles", registry: "default" });
      }),
    ],
    [
      "a read that overlaps a write and sees the state before it",
      told((story) => {
        story.act(0, 10, get);
        story.act(1, 9, patch("name", "a"));
      }),
    ],
    [
      "a conflict with a version that was current only for a moment in between",
      told((story) => {
        story.act(0, 3, patch("name", "a"));
        story.act(1, 10, patch("name", "b", 1));
        story.act(4, 5, patch("name", "c"));
      }),
    ],
    [
      "a write that was done and never answered",
      told((story) => {
        story.act(0, 1, patch("name", "a")).outcome = { is: "lost" };
        story.act(2, 3, get);
      }),
    ],
    [
      "a write that was neither done nor answered",
      told((story) => {
        story.skip(0, 1, patch("name", "a")).outcome = { is: "lost" };
        story.act(2, 3, get);
      }),
    ],
  ])("%s", (_, history) => {
    expect(contradictionsIn(history)).toEqual([]);
  });
});

describe("histories that do not", () => {
  const holds = (history: History): History => {
    expect(contradictionsIn(history)).toEqual([]);
    return history;
  };
  const contradictions = (history: History): string => contradictionsIn(history).join("\n");

  test("a lost update: the second write was made from the document before the first", () => {
    const history = holds(
      told((story) => {
        story.act(0, 5, patch("name", "a"));
        story.act(0, 5, patch("note", "b"));
      }),
    );
    Object.assign(last(history.log).document!, { name: "seed" });
    Object.assign(lastDone(history).seen as SeenProfile, { name: "seed" });
    expect(contradictions(history)).toContain("and the model makes");
  });

  test("two winners from one expected version", () => {
    const history = holds(
      told((story) => {
        story.act(0, 5, patch("name", "a", 1));
        story.act(0, 5, patch("note", "b", 2));
      }),
    );
    (last(history.records).operation as { expectedVersion: number }).expectedVersion = 1;
    expect(contradictions(history)).toContain(
      'the model refuses it with "profile "p0" version conflict: expected=1 actual=2"',
    );
  });

  test("a stale read: what was acknowledged before it began is not in it", () => {
    const history = told((story) => {
      story.act(3, 4, get);
      story.act(1, 2, patch("name", "a"));
    });
    expect(contradictions(history)).toMatch(/revision \d+ was acknowledged before it was asked for/);
  });

  test("two reads one after the other, the second of an older state", () => {
    const history = told((story) => {
      story.act(5, 6, get);
      story.act(1, 9, patch("name", "a"));
      story.act(3, 4, get);
    });
    expect(contradictions(history)).toMatch(/get-profile.* was acknowledged before it was asked for/);
  });

  test("a read of a write that nobody had asked for yet", () => {
    const history = told((story) => {
      story.act(5, 6, patch("name", "a"));
      story.act(1, 2, get);
    });
    expect(contradictions(history)).toMatch(/get-profile.* was asked for after the answer/);
  });

  test("a read that is not the state at its revision", () => {
    const history = holds(told((story) => story.act(0, 1, get)));
    Object.assign(lastDone(history).seen as SeenProfile, { version: 2 });
    expect(contradictions(history)).toContain("at that revision the model gives");
  });

  test("a list that mixes two revisions", () => {
    const history = holds(
      told((story) => {
        story.act(0, 1, patch("name", "a"));
        story.act(2, 3, { do: "list-profiles", registry: "default" });
      }),
    );
    Object.assign((lastDone(history).seen as SeenProfile[])[0]!, { version: 1, name: "seed" });
    expect(contradictions(history)).toContain("at that revision the model gives");
  });

  test("a read in the middle of a commit", () => {
    const history = holds(
      told((story) => {
        story.act(0, 9, createAsDefault);
        story.act(1, 8, get);
      }),
    );
    lastDone(history).revision--;
    expect(contradictions(history)).toContain("no commit has that revision");
  });

  test("a conflict with a version that never was", () => {
    const history = holds(told((story) => story.act(0, 1, patch("name", "a", 5))));
    const conflict = 'profile "p0" version conflict: expected=5 actual=3';
    refuse(last(history.records), { code: "version_conflict", text: conflict });
    expect(contradictions(history)).toContain("does not refuse it so in any state");
  });

  test("a conflict with a version that was over before the write was asked for", () => {
    const history = told((story) => {
      story.act(0, 1, patch("name", "a"));
      refuse(story.skip(2, 3, patch("name", "b", 2)), {
        code: "version_conflict",
        text: 'profile "p0" version conflict: expected=2 actual=1',
      });
    });
    expect(contradictions(history)).toContain("does not refuse it so in any state");
  });

  test("a document not found that was there all the time", () => {
    const history = told((story) => {
      refuse(story.skip(0, 1, get), { code: "not_found", text: "profile not found" });
    });
    expect(contradictions(history)).toContain("does not refuse it so in any state");
  });

  test("an error that no rule gives", () => {
    const history = told((story) => {
      refuse(story.skip(0, 1, get), { code: "internal", text: "internal error" });
    });
    expect(contradictions(history)).toContain("does not refuse it so in any state");
  });

  test("an acknowledged write that the log does not have", () => {
    const history = holds(told((story) => story.act(0, 1, patch("name", "a"))));
    forget(history);
    expect(contradictions(history)).toContain("acknowledged, and not in the log");
  });

  test("a write that was refused as busy and is in the log", () => {
    const history = holds(told((story) => story.act(0, 1, patch("name", "a"))));
    refuse(last(history.records), { code: "unavailable", text: "store is busy" });
    expect(contradictions(history)).toContain("nobody wrote");
  });

  test("a write that never was answered and is in the log twice", () => {
    const history = told((story) => {
      story.act(0, 1, patch("name", "a")).outcome = { is: "lost" };
      story.act(0, 1, patch("name", "a"));
    });
    history.records = history.records.slice(0, 1);
    expect(contradictions(history)).toContain("nobody wrote");
  });

  test("two writes acknowledged with one revision", () => {
    const history = holds(told((story) => story.act(0, 1, patch("name", "a"))));
    history.records = [...history.records, ...history.records];
    expect(contradictions(history)).toContain("acknowledged twice");
  });

  test("a create that makes the new profile the default, of which the log has half", () => {
    const history = holds(told((story) => story.act(0, 1, createAsDefault)));
    history.log = history.log.slice(0, -1);
    expect(contradictions(history)).toContain("which is half there");
    last(history.log).commitRevision = last(history.log).revision;
    lastDone(history).revision = last(history.log).revision;
    expect(contradictions(history)).toContain("and the model makes");
  });

  test("a log in another order than writes that came one after the other", () => {
    const history = told((story) => {
      story.act(2, 3, patch("name", "a"));
      story.act(0, 1, patch("note", "b"));
    });
    expect(contradictions(history)).toContain("was acknowledged before it was asked for");
  });

  test("a gap in the revisions", () => {
    const history = holds(told((story) => story.act(0, 1, patch("name", "a"))));
    const entry = last(history.log);
    entry.revision++;
    entry.commitRevision++;
    lastDone(history).revision++;
    expect(contradictions(history)).toContain("place");
  });

  test("a version that skips one", () => {
    const history = holds(told((story) => story.act(0, 1, patch("name", "a"))));
    last(history.log).version++;
    expect(contradictions(history)).toContain("and the model makes");
  });

  test("an answer that shows another write's registry version", () => {
    const history = holds(told((story) => story.act(0, 1, patch("name", "a"))));
    Object.assign(lastDone(history).seen as SeenProfile, { registryVersion: 9 });
    expect(contradictions(history)).toContain("the state at that revision is");
  });

  test("a seed of which a part is missing", () => {
    const history = told(() => {});
    history.log = history.log.slice(0, -1);
    last(history.log).commitRevision = last(history.log).revision;
    expect(contradictions(history)).toContain("the first commit is not the seed");
  });
});
