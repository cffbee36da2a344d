import { expect, test } from "vitest";
import { followSteps, TIMEOUT_MS } from "./follow.js";
import { stepsOf, transcript } from "./guide.js";

const tools = {
  "python3 of 3.10 or later": "python3 -c 'import sys; assert sys.version_info >= (3, 10)'",
  "venv of python3": "python3 -m ensurepip --version",
};

test(
  "a Python client generated as the guide says lists, creates, learns of a conflict and resolves",
  async (context) => {
    const reader = { steps: stepsOf("Python"), folder: "python", tools };
    expect(await followSteps(reader, context)).toBe(transcript());
  },
  TIMEOUT_MS,
);
