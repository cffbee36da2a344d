/**
 * Checks a history against the model: the log must be what the model does with the recorded writes, one after the other, and
 * every answer must be what the model gives at a moment between request and answer.
 */
import { isDeepStrictEqual } from "node:util";
import type { Change, Logged, Recorded, Refusal, Seen, Write } from "./history.js";
import { isRead } from "./history.js";
import { type Moments, momentsOf } from "./history-moments.js";
import { answerOf, decide, look, refusalOf, type Sight, type View } from "./model.js";
import { createTimeline, type Timeline } from "./model-timeline.js";

export interface History {
  /** What the first commit must have made of an empty store. */
  seed: readonly Change[];
  records: readonly Recorded[];
  /** The whole log, by revision. */
  log: readonly Logged[];
}

export interface Commit {
  first: number;
  last: number;
  source: string;
  entries: readonly Logged[];
}

/** What an operation is refused with that depends on more than documents; nothing must have been written. */
const BUSY: Refusal = { code: "unavailable", text: "store is busy" };

const MAX_TEXT = 500;

/** Everything in a history that contradicts the model, in words; nothing where it holds. */
export function contradictionsIn({ seed, records, log }: History): string[] {
  const found: string[] = [];
  const commits = commitsOf(log, found);
  const moments = momentsOf(records, commits);
  const timeline = createTimeline();
  const [first, ...rest] = commits;
  if (first === undefined) return ["the log is empty"];
  if (!isDeepStrictEqual(first.entries.map(changeOf), seed)) found.push("the first commit is not the seed");
  timeline.apply(first.last, first.entries.map(changeOf));

  const authors = createAuthors(records, commits, moments, found);
  for (const commit of rest) {
    const before = timeline.at(commit.first - 1);
    const author = authors.take(commit, before);
    timeline.apply(commit.last, commit.entries.map(changeOf));
    if (author === undefined) found.push(`nobody wrote ${commitText(commit)}`);
    else found.push(...contradictionsOfWrite(author, commit, before, timeline, moments));
  }
  const boundaries = new Set(commits.map(({ last }) => last));
  for (const record of records) {
    const { outcome, operation } = record;
    if (outcome.is === "refused") found.push(...contradictionsOfRefusal(record, outcome, timeline, moments));
    if (outcome.is !== "done" || !isRead(operation)) continue;
    if (!boundaries.has(outcome.revision)) found.push(`${text(record)}: no commit has that revision`);
    found.push(...contradictionsOfTime(record, outcome.revision, outcome.revision, moments));
    const sight = look(timeline.at(outcome.revision), operation);
    if (isDeepStrictEqual(sight, { seen: outcome.seen })) continue;
    found.push(`${text(record)}: at that revision the model gives ${differing(sight, outcome.seen)}`);
  }
  return found;
}

/** The log as commits. */
function commitsOf(log: readonly Logged[], found: string[]): Commit[] {
  const commits: Commit[] = [];
  let entries: Logged[] = [];
  for (const [i, entry] of log.entries()) {
    if (entry.revision !== i + 1) found.push(`revision ${entry.revision} is at place ${i + 1} of the log`);
    entries.push(entry);
    if (log[i + 1]?.commitRevision === entry.commitRevision) continue;
    if (entry.commitRevision !== entry.revision)
      found.push(`revision ${entry.revision} ends commit ${entry.commitRevision}, which is half there`);
    commits.push({ first: entries[0]!.revision, last: entry.revision, source: entry.source, entries });
    entries = [];
  }
  return commits;
}

interface Authors {
  /** The record of the write that made a commit: the one it was acknowledged to, else one that never got its answer. */
  take(commit: Commit, before: View): Recorded | undefined;
}

function createAuthors(
  records: readonly Recorded[],
  commits: readonly Commit[],
  moments: Moments,
  found: string[],
): Authors {
  const acknowledged = new Map<number, Recorded>();
  const unanswered = new Set<Recorded>();
  const revisions = new Set(commits.map(({ last }) => last));
  for (const record of records) {
    const { outcome, operation } = record;
    if (isRead(operation) || outcome.is === "refused") continue;
    if (outcome.is === "lost") unanswered.add(record);
    else if (acknowledged.has(outcome.revision))
      found.push(
        `${text(record)}: acknowledged twice, before to ${text(acknowledged.get(outcome.revision)!)}`,
      );
    else if (!revisions.has(outcome.revision))
      found.push(`${text(record)}: acknowledged, and not in the log`);
    else acknowledged.set(outcome.revision, record);
  }
  const mayHaveWritten = (record: Recorded, commit: Commit, before: View): boolean => {
    if (record.edge !== commit.source) return false;
    const decision = decide(before, record.operation as Write);
    if (!("changes" in decision)) return false;
    return (
      isDeepStrictEqual(commit.entries.map(changeOf), decision.changes) &&
      contradictionsOfTime(record, commit.first, commit.last, moments).length === 0
    );
  };
  return {
    take(commit, before) {
      const known = acknowledged.get(commit.last);
      if (known !== undefined) return known;
      for (const record of unanswered) {
        if (!mayHaveWritten(record, commit, before)) continue;
        unanswered.delete(record);
        return record;
      }
      return undefined;
    },
  };
}

function contradictionsOfWrite(
  record: Recorded,
  commit: Commit,
  before: View,
  timeline: Timeline,
  moments: Moments,
): string[] {
  const write = record.operation as Write;
  const { outcome, edge } = record;
  const found = contradictionsOfTime(record, commit.first, commit.last, moments);
  const decision = decide(before, write);
  const entries = commit.entries.map(changeOf);
  if (commit.source !== edge) found.push(`${text(record)}: logged as from ${commit.source}`);
  if ("refusal" in decision)
    found.push(`${text(record)}: written, and the model refuses it with "${decision.refusal.text}"`);
  else if (!isDeepStrictEqual(entries, decision.changes))
    found.push(
      `${text(record)}: logged as ${JSON.stringify(entries)}, and the model makes ${JSON.stringify(decision.changes)}`,
    );
  if (outcome.is === "done") {
    const expected = answerOf(timeline.at(commit.last), write);
    if (!isDeepStrictEqual(outcome.seen, expected))
      found.push(`${text(record)}: the state at that revision is ${JSON.stringify(expected)}`);
  }
  return found;
}

/** A refusal is right if the model refuses in the same words in some state that was current while it was decided. */
function contradictionsOfRefusal(
  record: Recorded,
  { code, text: words }: Refusal,
  timeline: Timeline,
  moments: Moments,
): string[] {
  if (code === BUSY.code && words === BUSY.text) return [];
  const earliest = moments.acknowledgedBefore(record.startedAt);
  const latest = moments.lastCommitBefore(record.endedAt);
  for (const revision of moments.commitsFrom(earliest, latest)) {
    const refusal = refusalOf(timeline.at(revision), record.operation);
    if (refusal?.code === code && refusal.text === words) return [];
  }
  return [
    `${text(record)}: the model does not refuse it so in any state from revision ${earliest} to ${latest}`,
  ];
}

/** Real time: later than all that was known before it was asked for, and not later than what had been asked for by then. */
function contradictionsOfTime(record: Recorded, first: number, last: number, moments: Moments): string[] {
  const known = moments.acknowledgedBefore(record.startedAt);
  const latest = moments.lastCommitBefore(record.endedAt);
  const found: string[] = [];
  if (isRead(record.operation) ? first < known : first <= known)
    found.push(`${text(record)}: revision ${known} was acknowledged before it was asked for`);
  if (last > latest) found.push(`${text(record)}: revision ${latest + 1} was asked for after the answer`);
  return found;
}

function changeOf({ operation, registry, profile, version, registryVersion, document }: Logged): Change {
  return { operation, registry, profile, version, registryVersion, document };
}

function commitText({ first, last, entries }: Commit): string {
  return `revisions ${first} to ${last}: ${JSON.stringify(entries.map(changeOf))}`;
}

function text({ client, operation, outcome }: Recorded): string {
  return `${client} ${JSON.stringify(operation)} → ${JSON.stringify(outcome).slice(0, MAX_TEXT)}`;
}

/** Of a list only what the other has not: lists are long. */
function differing(sight: Sight, seen: Seen): string {
  if (!("seen" in sight) || !Array.isArray(sight.seen) || !Array.isArray(seen)) return JSON.stringify(sight);
  const others: unknown[] = seen;
  const documents: unknown[] = sight.seen;
  const missing = documents.filter((one) => !others.some((other) => isDeepStrictEqual(one, other)));
  return `${documents.length} documents instead of ${others.length}, among them ${JSON.stringify(missing)}`;
}
