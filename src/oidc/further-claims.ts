import { ConsumerAuthError } from "../base/errors.js";
import { toBase64Url } from "./pkce.js";

/** What only some requests ask of an ID token. */
export interface FurtherExpectation {
  /** The code that came with it, of which it must hold the hash (`c_hash`). */
  readonly code?: string | undefined;
  /** The levels of authentication that will do, separated by spaces. */
  readonly acrValues?: string | undefined;
  /** Seconds since the consumer proved who they are. */
  readonly maxAge?: number | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks the claims that only some requests ask for.
 *
 * @param earliest - seconds since 1970 UTC, from which `maxAge` is counted back
 * @throws ConsumerAuthError `id_token_invalid`, `insufficient_authentication`
 */
export async function checkFurther(
  claims: Claims,
  expected: FurtherExpectation,
  earliest: number,
): Promise<void> {
  const { code } = expected;
  if (code !== undefined && claims["c_hash"] !== (await toHalfHash(code)))
    throw new ConsumerAuthError(
      "id_token_invalid",
      'The ID token was refused: its "c_hash" is not that of the code.',
    );
  checkAuthentication(claims, expected, earliest);
}

/**
 * Checks how, and how long ago, the consumer proved who they are (OpenID Connect Core 1.0 section
 * 3.1.3.7, items 12 and 13).
 *
 * @param earliest - seconds since 1970 UTC, from which `maxAge` is counted back
 * @throws ConsumerAuthError `insufficient_authentication`
 */
function checkAuthentication(
  { acr, auth_time: at }: Claims,
  { acrValues, maxAge }: FurtherExpectation,
  earliest: number,
): void {
  const refuse = (problem: string): never => {
    throw new ConsumerAuthError(
      "insufficient_authentication",
      `The identity provider did not authenticate the consumer as it was asked to: ${problem}.`,
    );
  };
  if (acrValues !== undefined && !acrValues.split(" ").includes(acr as string))
    refuse('"acr" is not among acrValues');
  if (maxAge !== undefined && !(typeof at === "number" && at >= earliest - maxAge))
    refuse('"auth_time" is missing, or longer ago than maxAge');
}

/** The left half of a SHA-256 digest, as RS256 wants it (OpenID Connect Core 1.0 section 3.3.2.11). */
async function toHalfHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return toBase64Url(new Uint8Array(digest, 0, 16));
}
