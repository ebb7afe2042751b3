import { base64url, jwtVerify, type JWTPayload } from "jose";

import type { Clock } from "../base/clock.js";
import { ConsumerAuthError } from "../base/errors.js";
import { loaded } from "../base/loaded.js";
import type { FurtherExpectation } from "./further-claims.js";
import type { KeySource } from "./keys.js";

/** The claims of an ID token whose signature and claims were verified. */
export type IdTokenClaims = Readonly<
  JWTPayload & { iss: string; sub: string; exp: number; iat: number }
>;

/** What an ID token must say. */
export interface ExpectedIdToken extends FurtherExpectation {
  readonly issuer: string;
  /** For whom it must be made. */
  readonly clientId: string | undefined;
  /** That of the request which it answers; without one the token may leave out for whom it is made. */
  readonly nonce?: string | undefined;
  /** Whose it must be. */
  readonly sub?: string | undefined;
  readonly key: KeySource;
  /** Seconds. */
  readonly clockTolerance: number;
  readonly clock: Clock;
}

/** The cloud takes RS256 and nothing else. */
const algorithms = ["RS256"];

/**
 * Verifies an ID token (OpenID Connect Core 1.0 section 3.1.3.7): signature, `iss`, `aud`, `azp`,
 * `exp`, `nbf`, `iat`, `sub`, `nonce`; `c_hash`, `acr` and `auth_time` where they were asked for. What
 * answers a request was issued within a day.
 *
 * A nested token (JWS in JWE) is encrypted for the cloud and can't be read here: its header is
 * checked, nothing else, and no claims are returned.
 *
 * @param token - compact serialization
 * @returns the claims, or `undefined` for a nested token
 * @throws ConsumerAuthError `id_token_invalid`, `id_token_expired`, `insufficient_authentication`,
 * `keys_unavailable`
 */
export async function verifyIdToken(
  token: string,
  expected: ExpectedIdToken,
): Promise<IdTokenClaims | undefined> {
  const { issuer, clientId, nonce, code, key, clockTolerance, clock } = expected;
  // Decoders overlook white space, padding and other alphabets; whoever gets the token next may not.
  if (/[^\w.-]/.test(token)) throw invalid("its header, claims or signature is not base64url");
  if (token.split(".").length === 5) {
    checkNestedHeader(token);
    if (code !== undefined) throw invalid("it is encrypted, so its c_hash can't be read");
    return undefined;
  }
  const now = clock.now();
  try {
    const { payload } = await jwtVerify<IdTokenClaims>(token, key, {
      algorithms,
      issuer,
      clockTolerance,
      currentDate: new Date(now),
    });
    // Only what was signed: jose takes what is inherited too.
    const claims: IdTokenClaims = { __proto__: null, ...payload };
    for (const name of ["iss", "sub", "iat", "exp", nonce && clientId ? "aud" : "iss"]) {
      if (!(name in claims)) throw invalid(`its "${name}" is missing`);
    }
    checkClaims(claims, expected, now / 1000 + clockTolerance);
    if (wantsMore(expected)) {
      const { checkFurther } = await loaded(import("./further-claims.js"));
      await checkFurther(claims, expected, now / 1000 - clockTolerance);
    }
    return claims;
  } catch (error) {
    throw explain(error);
  }
}

const wantsMore = ({ acrValues, code, maxAge }: ExpectedIdToken): boolean =>
  (acrValues ?? code ?? maxAge) !== undefined;

const invalid = (problem: string, cause?: unknown): ConsumerAuthError =>
  new ConsumerAuthError("id_token_invalid", `The ID token was refused: ${problem}.`, { cause });

/** What jose leaves to its callers. */
function checkClaims(claims: IdTokenClaims, expected: ExpectedIdToken, latest: number): void {
  const { aud, azp, nonce, sub, iat } = claims as IdTokenClaims & { azp?: unknown };
  const { clientId } = expected;
  if (expected.nonce !== undefined && nonce !== expected.nonce)
    throw invalid('its "nonce" is not that of this request');
  const audiences = ([] as unknown[]).concat(aud ?? []);
  if (clientId !== undefined) {
    if (aud !== undefined && !audiences.includes(clientId)) throw invalid('its "aud" is wrong');
    if (azp === undefined ? audiences.length > 1 : azp !== clientId)
      throw invalid('its "azp" is not this client');
  }
  if (typeof sub !== "string" || sub === "") throw invalid('its "sub" is empty');
  if (expected.sub !== undefined && sub !== expected.sub)
    throw invalid('its "sub" is another consumer');
  // What answers a request of ours was made for it.
  if (iat > latest || (expected.nonce !== undefined && iat < latest - aDay))
    throw invalid('its "iat" lies in the future, or long ago: check the clocks');
}

/** In seconds. */
const aDay = 86_400;

/** Whether a token was refused for what the clock of this device says. */
export const isClockProblem = (error: unknown): boolean =>
  error instanceof ConsumerAuthError &&
  (error.code === "id_token_expired" || /"(iat|nbf)"/.test(error.message));

function checkNestedHeader(token: string): void {
  try {
    const [encoded = ""] = token.split(".");
    const { alg, enc, zip, crit } = JSON.parse(
      new TextDecoder().decode(base64url.decode(encoded)),
    ) as Record<string, unknown>;
    const isRight = alg === "RSA-OAEP-256" && /^A\d{3}(GCM|CBC-HS\d{3})$/.test(String(enc));
    if (isRight && !zip && !crit) return;
  } catch {
    // Then it is none.
  }
  throw invalid("its header is not one of RSA-OAEP-256");
}

/** jose's errors as far as they are told apart here; their messages never hold a claim's value. */
interface JoseError {
  readonly code?: unknown;
  readonly message: string;
  readonly claim?: string;
  readonly reason?: string;
}

function explain(error: unknown): ConsumerAuthError {
  if (error instanceof ConsumerAuthError) return error;
  const { message, claim = "", reason } = error as JoseError;
  // A DOMException has a number there.
  const code = String((error as JoseError).code);
  if (code === "ERR_JWT_EXPIRED")
    return new ConsumerAuthError("id_token_expired", "The ID token has expired: check the clocks.");
  if (code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED")
    return invalid("its signature does not match the provider's key (the cloud would answer 9007)");
  if (code === "ERR_JWT_CLAIM_VALIDATION_FAILED")
    return invalid(`its "${claim}" is ${reason === "missing" ? "missing" : "wrong"}`);
  if (code === "ERR_JWKS_NO_MATCHING_KEY")
    return invalid("its key is not in the key set (the cloud would answer 1041)");
  if (message.includes("modulusLength")) return invalid("its key is shorter than 2048 bits");
  if (code.startsWith("ERR_") && !/^ERR_(JWKS_TIMEOUT|JWKS_INVALID|JOSE_GENERIC)$/.test(code))
    return invalid(message);
  return new ConsumerAuthError(
    "keys_unavailable",
    "The provider's public keys can't be had: check jwksEndpoint, CORS and connect-src.",
    { cause: error },
  );
}
