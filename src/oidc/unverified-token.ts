/** The claims of a token, of which nothing is verified; none where the text is no token. */
function readUnverified(token: string): Readonly<Record<string, unknown>> {
  const [, payload, signature, ...more] = token.split(".");
  if (!payload || !signature || more.length > 0) return {};
  try {
    return Object(JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")))) as Readonly<
      Record<string, unknown>
    >;
  } catch {
    return {};
  }
}

/**
 * Reads from a token how long it lives, without verifying anything: good for deciding when to ask for
 * a new one, for nothing else. Without jose, so that anonymous pages don't load it.
 *
 * @param token - compact serialization
 * @param now - milliseconds since 1970 UTC, from which a token without `iat` lives
 * @returns milliseconds; `undefined` where the text is no token, or has no `exp`
 */
export function readUnverifiedLifetime(token: string, now: number): number | undefined {
  const { iat, exp } = readUnverified(token);
  if (typeof exp !== "number") return undefined;
  return exp * 1000 - (typeof iat === "number" ? iat * 1000 : now);
}

/**
 * Reads whose token it says it is, without verifying anything: good for seeing that one is somebody
 * else's, for nothing else.
 *
 * @param token - compact serialization
 * @returns `undefined` where the text is no token, or has no `sub` that is a text
 */
export function readUnverifiedSubject(token: string): string | undefined {
  const { sub } = readUnverified(token);
  return typeof sub === "string" && sub ? sub : undefined;
}
