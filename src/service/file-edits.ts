/** What people write into the file of a YAML store, brought into the store (spec 6.1). */
import { readDocuments } from "../formats/read-documents.js";
import { importTexts } from "./import-text.js";
import type { Services } from "./services.js";
import type { Caller } from "./write.js";

/** Nobody is asked who they are; what they did came as documents. */
const EDITOR: Caller = { actor: "anonymous", source: "import" };

/**
 * Makes the store hold what the text does, and nothing else. Throws, and changes nothing, where the text cannot be read or a
 * document breaks a rule, or where a registry that it has no more cannot be deleted.
 */
export async function applyEdit(services: Services, text: string, file: string): Promise<void> {
  const { registries, defaultRegistry } = services;
  const edit = () => ({ texts: [{ text, file }], replace: true, includeReadOnly: true });
  await importTexts(services, edit(), { ...EDITOR, validateOnly: true });
  const named = new Set(
    readDocuments(text, { file, registry: defaultRegistry }).registries.map(({ slug }) => slug),
  );
  for (const { slug } of (await registries.listRegistries()).registries) {
    if (!named.has(slug)) await registries.deleteRegistry({ registry: slug, force: true }, EDITOR);
  }
  await importTexts(services, edit(), EDITOR);
}
