/** What the tests of writing share. */
import {
  type OutputFormat,
  type WritableDocument,
  writeDocuments,
} from "../../src/formats/write-documents.js";

export async function write(documents: Iterable<WritableDocument>, format: OutputFormat): Promise<string> {
  let text = "";
  for await (const part of writeDocuments(documents, format)) text += part;
  return text;
}
