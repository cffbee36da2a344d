import { isDataLoss } from "../domain/errors.js";

/** For work that nobody asks for: undefined where a document cannot be read, which is reported where documents are. */
export async function unlessUnreadable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isDataLoss(error)) return undefined;
    throw error;
  }
}
