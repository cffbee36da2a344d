import { expect, test } from "vitest";
import { followSteps, TIMEOUT_MS } from "./follow.js";
import { stepsOf, transcript } from "./guide.js";

const tools = { "Go 1.26": "go version | grep -E 'go1\\.(2[6-9]|[3-9][0-9])'" };

test(
  "a Go client generated as the guide says lists, creates, learns of a conflict and resolves",
  async (context) => {
    const reader = { steps: stepsOf("Go"), folder: "go", tools };
    expect(await followSteps(reader, context)).toBe(transcript());
  },
  TIMEOUT_MS,
);
