/**
 * Reads `exp` from a token without verifying anything: good for deciding when to ask for a new one,
 * for nothing else. Without jose, so that anonymous pages don't load it.
 *
 * @param token - compact serialization
 * @returns milliseconds since 1970 UTC; `undefined` where the text is no token, or has no `exp`
 */
export function readUnverifiedExpiry(token: string): number | undefined {
  const [, payload, signature, ...more] = token.split(".");
  if (!payload || !signature || more.length > 0) return undefined;
  try {
    const { exp } = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as {
      exp?: unknown;
    };
    return typeof exp === "number" ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
