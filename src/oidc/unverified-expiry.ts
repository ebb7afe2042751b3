import { decodeJwt } from "jose";

/**
 * Reads `exp` from a token without verifying anything: good for deciding when to ask for a new one,
 * for nothing else.
 *
 * @param token - compact serialization
 * @returns milliseconds since 1970 UTC; `undefined` where the text is no token, or has no `exp`
 */
export function readUnverifiedExpiry(token: string): number | undefined {
  try {
    const { exp } = decodeJwt(token);
    return typeof exp === "number" ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
