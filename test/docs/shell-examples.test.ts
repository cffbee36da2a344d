import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences } from "./expected-json.js";
import { userDocuments } from "./markdown.js";
import { type Example, examplesOf, likeExample, openReader, type Reader } from "./shell-examples.js";

const documents = userDocuments()
  .map((path) => ({ path, examples: examplesOf(path) }))
  .filter(({ examples }) => examples.length > 0);

it("finds examples in the documents that users and operators follow", () => {
  expect(documents.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      "README.md",
      "docs/chat-turn.md",
      "docs/configuration.md",
      "docs/getting-started.md",
      "docs/migration.md",
      "docs/operations.md",
      "docs/rest.md",
      "docs/rpc.md",
    ]),
  );
});

describe.each(documents)("the examples of $path", ({ examples }) => {
  let reader: Reader | undefined;
  beforeAll(async () => {
    reader = await openReader(examples);
  });
  afterAll(() => reader?.leave());

  for (const { name, block, expectedText, expectedJson } of examples as Example[]) {
    it(name, async (context) => {
      const output = await reader!.run(block);
      if (output.skipped !== undefined) context.skip(output.skipped);
      if (expectedText !== undefined) expect(likeExample(output.text, expectedText)).toBe(expectedText);
      if (expectedJson !== undefined) {
        expect(differences(JSON.parse(expectedJson), JSON.parse(output.text))).toEqual([]);
      }
    });
  }
});
