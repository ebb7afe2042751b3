import { digest, sameText, toBase64Url } from "./digests.js";

/** Whether a text is a challenge of the method S256: a digest in base64url. */
export const isChallenge = (challenge: string): boolean => /^[\w-]{43}$/.test(challenge);

/**
 * Whether a verifier belongs to a challenge (RFC 7636 section 4.6). Neither is good without the other:
 * a challenge that nobody answers protects nothing, and a verifier for a code without a challenge shows
 * that somebody took the challenge away (RFC 9700 section 2.1.1).
 *
 * @param verifier - 43 characters or more; those of the vendor's mobile SDK may be longer than 128
 */
export async function verifies(
  verifier: string | null,
  challenge: string | undefined,
): Promise<boolean> {
  if (verifier === null || challenge === undefined) {
    return verifier === null && challenge === undefined;
  }
  if (!/^[\w.~-]{43,1024}$/.test(verifier)) return false;
  return sameText(toBase64Url(await digest(verifier)), challenge);
}
