/** What the server shows in the place of a stored secret; sent back, it keeps what is stored (spec 1.6). */
export const REDACTED = "<redacted>";
