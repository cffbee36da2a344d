import type { DocumentKey } from "../../store.js";

/** What is wrong with a document; without a registry, with the file. One line. */
export interface Problem extends Partial<DocumentKey> {
  problem: string;
}

export type Report = (problem: Problem) => void;
