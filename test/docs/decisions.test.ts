/** Every decision is written in the one form, and has a number of its own. */
import { describe, expect, it } from "vitest";
import { readDocument, userDocuments } from "./markdown.js";

const decisions = userDocuments().filter((path) => path.startsWith("docs/adr/"));

it("numbers decisions from 001 without gaps", () => {
  const numbers = decisions.map((path) => /^docs\/adr\/(\d{3})-[a-z0-9-]+\.md$/.exec(path)?.[1]);
  expect(numbers).toEqual(decisions.map((_, i) => String(i + 1).padStart(3, "0")));
});

describe.each(decisions)("%s", (path) => {
  const text = readDocument(path);

  it("has its number in the title", () => {
    const number = path.slice("docs/adr/".length, "docs/adr/".length + 3);
    expect(text).toMatch(new RegExp(`^# ${number}\\. \\S`));
  });

  it("says status, context, decision and consequences", () => {
    const sections = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
    expect(sections).toEqual(["Status", "Context", "Decision", "Consequences"]);
    expect(text).toMatch(/^## Status\n\n(?:Accepted|Superseded by \[\d{3}\]\(\S+\))\.\n/m);
  });
});
