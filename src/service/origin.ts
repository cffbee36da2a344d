/** Whether a write from a browser's page on `origin` may be let in: our own host, or one that the operator allows (spec 2.5). */
export function isOwnOrAllowedOrigin(
  origin: string,
  host: string | undefined,
  allowed: ReadonlySet<string>,
): boolean {
  if (allowed.has(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}
