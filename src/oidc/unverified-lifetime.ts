/**
 * Reads from a token how long it lives, without verifying anything: good for deciding when to ask for
 * a new one, for nothing else. Without jose, so that anonymous pages don't load it.
 *
 * @param token - compact serialization
 * @param now - milliseconds since 1970 UTC, from which a token without `iat` lives
 * @returns milliseconds; `undefined` where the text is no token, or has no `exp`
 */
export function readUnverifiedLifetime(token: string, now: number): number | undefined {
  const [, payload, signature, ...more] = token.split(".");
  if (!payload || !signature || more.length > 0) return undefined;
  try {
    const { iat, exp } = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as {
      iat?: unknown;
      exp?: unknown;
    };
    if (typeof exp !== "number") return undefined;
    return exp * 1000 - (typeof iat === "number" ? iat * 1000 : now);
  } catch {
    return undefined;
  }
}
