/** What the browser is answered when there is no answer. */

export const UNREACHABLE = "the profile registry cannot be reached";

/** An error with its HTTP status; its message is the `detail` that the page shows. */
export function refusal(status, detail) {
  return Object.assign(new Error(detail), { status });
}
