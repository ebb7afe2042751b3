import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  importSPKI,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from "jose";
import type { Connector } from "./connectors.js";
import { refusal, uncodedRefusal } from "./errors.js";

// The cloud remembers a key set across conversations, as long as its address stays.
const keySets = new Map<string, JWTVerifyGetKey>();

/** Validates an ID token as the connector says. */
export async function verifyIdToken(
  token: string,
  { configuration }: Connector,
  now: () => number,
): Promise<JWTPayload> {
  if (token.split(".").length === 5) throw refusal("1004");
  try {
    decodeProtectedHeader(token);
  } catch {
    throw uncodedRefusal(400, "not a token");
  }

  try {
    const { payload } = await jwtVerify(token, await keyFor(configuration), {
      algorithms: ["RS256"],
      issuer: String(configuration["issuer"]),
      requiredClaims: ["sub", "iat", "exp"],
      currentDate: new Date(now()),
      clockTolerance: 15,
    });
    return payload;
  } catch (error) {
    throw asRefusal(error);
  }
}

async function keyFor(configuration: Connector["configuration"]): Promise<JWTVerifyGetKey> {
  if (configuration["jwtValidationType"] === "JWKS_ENDPOINT") {
    return keySetAt(String(configuration["jwksEndpoint"]));
  }
  const line = String(configuration["jwtPublicKey"]);
  let key;
  try {
    key = await importSPKI(
      `-----BEGIN PUBLIC KEY-----\n${line}\n-----END PUBLIC KEY-----`,
      "RS256",
    );
  } catch {
    throw refusal("1028");
  }
  return () => key;
}

function keySetAt(address: string): JWTVerifyGetKey {
  const known = keySets.get(address);
  if (known) return known;
  const made = createRemoteJWKSet(new URL(address), {
    timeoutDuration: 5000,
    // A key that isn't known yet is looked up at once, as after a rotation.
    cooldownDuration: 0,
  });
  keySets.set(address, made);
  return made;
}

function asRefusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return refusal("1012");
  if (error instanceof errors.JWKSNoMatchingKey) return refusal("1041");
  if (error instanceof errors.JWKSMultipleMatchingKeys) return refusal("1042");
  if (error instanceof errors.JWKSTimeout) return refusal("9013");
  if (error instanceof errors.JWSSignatureVerificationFailed) return refusal("9007");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return uncodedRefusal(401, `claim ${error.claim} is not as the connector says`);
  }
  if (error instanceof errors.JOSEError) return uncodedRefusal(401, "token not accepted");
  return error;
}
