import {
  createRemoteJWKSet,
  customFetch,
  errors,
  importSPKI,
  jwtVerify,
  type JWTVerifyGetKey,
} from "jose";
import { checkOption } from "../check-options.js";
import { PlatformError } from "../platform-error.js";
import type { ServiceFetch } from "../service-fetch.js";
import { toPlatformError } from "./oauth-errors.js";

/** What a verified ID token says of a user of the account. */
export interface UserClaims {
  /** `sentinel`. */
  readonly iss: string;
  /** The user's id. */
  readonly sub: string;
  /** Seconds since 1970 UTC. */
  readonly iat: number;
  /** Seconds since 1970 UTC. It ends the token, not the session. */
  readonly exp: number;
  /** Whether the user is an administrator of the account. */
  readonly is_admin: boolean;
  /** Whether the user is one of the vendor's own people. */
  readonly is_lpa: boolean;
}

/** What every ID token is held against. */
export interface Expectations {
  readonly issuer: string;
  readonly clientId: string;
  /** Seconds. */
  readonly clockTolerance: number;
  /** One line of base64 X.509 SubjectPublicKeyInfo, or PEM; in place of the published keys. */
  readonly publicKey: string | undefined;
}

/** Verifies an ID token: signature, `iss`, `aud`, times, and the types of what it claims. */
export type VerifyIdToken = (idToken: string, jwksEndpoint: string) => Promise<UserClaims>;

/**
 * @param expectations - checked already
 * @param request - by which the published keys are fetched; they are kept and fetched again for a new `kid`
 * @returns a function that throws PlatformError `id_token_invalid`, and what the request for the keys throws
 */
export function createIdTokenVerifier(
  { issuer, clientId, clockTolerance, publicKey }: Expectations,
  request: ServiceFetch,
): VerifyIdToken {
  const keySets = new Map<string, JWTVerifyGetKey>();
  const fixedKey = publicKey === undefined ? undefined : readKey(publicKey);

  const keysAt = (jwksEndpoint: string): JWTVerifyGetKey => {
    const known = keySets.get(jwksEndpoint);
    if (known) return known;
    const keys = createRemoteJWKSet(new URL(jwksEndpoint), {
      // Without the library's own signal: the time limit is that of all requests.
      [customFetch]: (url, { headers, method }) => request(url, { headers, method }),
    });
    // A service has one place; it may move, but what it left is not kept for ever.
    keySets.clear();
    keySets.set(jwksEndpoint, keys);
    return keys;
  };

  return async (idToken, jwksEndpoint) => {
    const rules = {
      algorithms: ["RS256"],
      issuer,
      audience: clientId,
      clockTolerance,
      requiredClaims: ["sub", "iat", "exp"],
    };
    try {
      const { payload } = fixedKey
        ? await jwtVerify(idToken, await fixedKey, rules)
        : await jwtVerify(idToken, keysAt(jwksEndpoint), rules);
      return readClaims(payload, clockTolerance);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

/** @throws PlatformError `invalid_config` */
export function checkPublicKey(publicKey: unknown): void {
  checkOption(
    publicKey === undefined ||
      (typeof publicKey === "string" && /^[A-Za-z\d+/=]{100,4096}$/.test(unarmoured(publicKey))),
    "jwtPublicKey must be one line of base64 X.509 SubjectPublicKeyInfo, or PEM.",
  );
}

const unarmoured = (key: string): string => key.replace(/-----[^-]+-----|\s/g, "");

async function readKey(publicKey: string) {
  const pem = `-----BEGIN PUBLIC KEY-----\n${unarmoured(publicKey)}\n-----END PUBLIC KEY-----`;
  return importSPKI(pem, "RS256");
}

function readClaims(
  payload: Readonly<Record<string, unknown>>,
  clockTolerance: number,
): UserClaims {
  const { iss, sub, iat, exp, is_admin = false, is_lpa = false } = payload;
  if (typeof sub !== "string" || sub === "") throw invalid("sub is not a text");
  if (typeof iat !== "number" || iat > Date.now() / 1000 + clockTolerance) {
    throw invalid("iat lies in the future: check the clocks");
  }
  // A text such as "false" would be taken for true.
  if (typeof is_admin !== "boolean") throw invalid("is_admin is not a boolean");
  if (typeof is_lpa !== "boolean") throw invalid("is_lpa is not a boolean");
  return { iss: iss as string, sub, iat, exp: exp as number, is_admin, is_lpa };
}

const invalid = (what: string): PlatformError =>
  new PlatformError("id_token_invalid", `The ID token is refused: ${what}.`);

function refusalOf(error: unknown): PlatformError {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return invalid(`its ${error.claim} is not what it must be (${error.reason})`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return invalid("its signature does not match the published key");
  }
  if (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  ) {
    return invalid("its kid names none, or more than one, of the published keys");
  }
  if (
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid
  ) {
    return invalid("it is not a JWT signed with RS256");
  }
  if (error instanceof TypeError)
    return invalid("its key has fewer than 2048 bits, or is no RSA key");
  return toPlatformError(error, "The request for the published keys");
}
