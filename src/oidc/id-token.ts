import { base64url, jwtVerify, type JWTPayload } from "jose";

import type { Clock } from "../base/clock.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { KeySource } from "./keys.js";

/** The claims of an ID token whose signature and claims were verified. */
export type IdTokenClaims = Readonly<
  JWTPayload & { iss: string; sub: string; exp: number; iat: number }
>;

/** What an ID token must say. */
export interface ExpectedIdToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly key: KeySource;
  /** Seconds. */
  readonly clockTolerance: number;
  readonly clock: Clock;
}

/** The cloud takes RS256 and nothing else. */
const algorithms = ["RS256"];

/**
 * Verifies an ID token (OpenID Connect Core 1.0 section 3.1.3.7): signature, `iss`, `aud`, `azp`,
 * `exp`, `nbf`, `iat`, `sub`, `nonce`.
 *
 * A nested token (JWS in JWE) is encrypted for the cloud and can't be read here: its header is
 * checked, nothing else, and no claims are returned.
 *
 * @param token - compact serialization
 * @returns the claims, or `undefined` for a nested token
 * @throws ConsumerAuthError `id_token_invalid`, `id_token_expired`, `keys_unavailable`
 */
export async function verifyIdToken(
  token: string,
  expected: ExpectedIdToken,
): Promise<IdTokenClaims | undefined> {
  const { issuer, clientId, nonce, key, clockTolerance, clock } = expected;
  if (token.split(".").length === 5) {
    checkNestedHeader(token);
    return undefined;
  }
  const now = clock.now();
  try {
    const { payload } = await jwtVerify<IdTokenClaims>(token, key, {
      algorithms,
      issuer,
      audience: clientId,
      clockTolerance,
      currentDate: new Date(now),
      requiredClaims: ["sub", "iat", "exp"],
    });
    checkClaims(payload, clientId, nonce, now / 1000 + clockTolerance);
    return payload;
  } catch (error) {
    throw explain(error);
  }
}

const invalid = (problem: string, cause?: unknown): ConsumerAuthError =>
  new ConsumerAuthError("id_token_invalid", `The ID token was refused: ${problem}.`, { cause });

/** What jose leaves to its callers. */
function checkClaims(
  { aud, azp, nonce: claimed, sub, iat }: IdTokenClaims & { azp?: unknown; nonce?: unknown },
  clientId: string,
  nonce: string,
  latest: number,
): void {
  if (claimed !== nonce) throw invalid('its "nonce" is not that of this request');
  if (azp === undefined ? Array.isArray(aud) && aud.length > 1 : azp !== clientId)
    throw invalid('its "azp" is not this client');
  if (typeof sub !== "string" || sub === "") throw invalid('its "sub" is empty');
  if (iat > latest) throw invalid('its "iat" lies in the future: check the clocks');
}

function checkNestedHeader(token: string): void {
  let header: Record<string, unknown> = {};
  try {
    const [encoded = ""] = token.split(".");
    header = Object(
      JSON.parse(new TextDecoder().decode(base64url.decode(encoded))),
    ) as typeof header;
  } catch {
    // Then it names no algorithm either.
  }
  const { alg, enc, zip, crit } = header;
  if (alg !== "RSA-OAEP-256" || !/^A\d{3}(GCM|CBC-HS\d{3})$/.test(String(enc)) || zip || crit)
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
  if (code.startsWith("ERR_") && !/^ERR_(JWKS_TIMEOUT|JWKS_INVALID|JOSE_GENERIC)$/.test(code))
    return invalid(message);
  return new ConsumerAuthError(
    "keys_unavailable",
    "The provider's public keys can't be had: check jwksEndpoint, CORS and connect-src.",
    { cause: error },
  );
}
