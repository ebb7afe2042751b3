import { ConsumerAuthError } from "../base/errors.js";

/** base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** 256 random bits as 43 characters: a `state`, a `nonce` or a code verifier. */
export const randomText = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));

/**
 * Checks the challenge that the window passed on: base64url of an S256 digest is 43 characters long.
 *
 * @param value - the second argument of the page method; `undefined`, `null` and `""` mean none
 * @returns the challenge as it came
 * @throws ConsumerAuthError `invalid_challenge`
 */
export function readCodeChallenge(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" && /^[\w-]{43}$/.test(value)) return value;
  throw new ConsumerAuthError("invalid_challenge", "The challenge is no S256 one.");
}
