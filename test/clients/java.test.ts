import { expect, test } from "vitest";
import { followSteps, TIMEOUT_MS } from "./follow.js";
import { stepsOf, transcript } from "./guide.js";

const tools = { JDK: "javac -version", Maven: "mvn -version" };

test(
  "a Java client generated as the guide says lists, creates, learns of a conflict and resolves",
  async (context) => {
    const reader = { steps: stepsOf("Java"), folder: "java", tools };
    expect(await followSteps(reader, context)).toBe(transcript());
  },
  TIMEOUT_MS,
);
