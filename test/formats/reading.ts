/** What the tests of this folder share: reading a text, and what its refusal says. */
import { readFileSync } from "node:fs";
import { FormatError } from "../../src/formats/format-error.js";
import { readDocuments } from "../../src/formats/read-documents.js";
import type { SourceDocuments } from "../../src/formats/source-documents.js";

export function read(text: string, registry = "default"): SourceDocuments {
  return readDocuments(text, { file: "f.yaml", registry });
}

export function readDataFile(name: string, registry = "default"): SourceDocuments {
  const text = readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");
  return readDocuments(text, { file: name, registry });
}

export function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error(`was read: ${text}`);
}

export function lines(...all: string[]): string {
  return `${all.join("\n")}\n`;
}
