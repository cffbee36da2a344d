/** A map of profiles in the text of a file, as far as the text itself shows it. */

/** The entries of a `profiles` map as the text has them. */
export interface Region {
  /** Of the key `profiles`. */
  nameOffset: number;
  start: number;
  end: number;
  /** The level of the map, counted from the root of the file, which is 1. */
  depth: number;
  /** Where each entry, key and value, begins and ends. */
  entries: readonly { start: number; end: number }[];
}

/** The text cannot be cut, or not with certainty: it is to be parsed as a whole. */
export class NotPlain extends Error {
  override readonly name = "NotPlain";
}
