/**
 * Whether a request that changes something comes from a page of the application itself. Browsers say so; a page of
 * another origin can't make them say it (Fetch Metadata, and `Origin` where they don't know that).
 */
export function isFromOwnPage(request: Request, origin: string): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site === null ? request.headers.get("origin") === origin : site === "same-origin";
}

/** The query, whatever a proxy has made of the address before it. */
export function queryOf(request: Request): URLSearchParams {
  return new URL(request.url).searchParams;
}

/** Longer addresses are not read. */
export const longestUrl = 8192;
