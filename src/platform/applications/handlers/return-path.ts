/** Longer ones don't fit into the cookie beside the rest. */
const longest = 1024;

/**
 * A path on the application's own origin, and nothing else: where a login may lead.
 *
 * @param path - as it came, from anybody
 * @param origin - the application's
 * @returns the path as the URL parser reads it, query and fragment included; `undefined` where it would lead
 * elsewhere, or might in some browser
 */
export function readReturnPath(path: string, origin: string): string | undefined {
  // Parsers drop tabs and line ends, and take a backslash for a slash.
  if (path.length > longest || !/^\/(?!\/)[\x21\x23-\x5b\x5d-\x7e]*$/.test(path)) return undefined;
  if (!URL.canParse(path, origin)) return undefined;
  const url = new URL(path, origin);
  // Dots are gone now: "/a/..//host" has become "//host".
  if (url.origin !== origin || url.pathname.startsWith("//")) return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
}
