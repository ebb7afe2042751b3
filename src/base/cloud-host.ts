function isUrl(text: string): boolean {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

/**
 * Whether an answer of the Domain API may be followed: it names a host, and one of the allowed.
 *
 * @param baseURI - a host without a scheme, with a port or without
 * @param allowed - hosts; a name stands for those below it, too
 */
export function isAllowedHost(baseURI: string, allowed: readonly string[]): boolean {
  if (!/^[a-z\d.-]+(:\d{1,5})?$/i.test(baseURI) || !isUrl(`https://${baseURI}`)) return false;
  const host = baseURI.toLowerCase();
  const hostname = host.replace(/:\d+$/, "");
  return allowed
    .map((entry) => entry.toLowerCase())
    .some((entry) => host === entry || hostname === entry || hostname.endsWith(`.${entry}`));
}
