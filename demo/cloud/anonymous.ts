import { randomUUID } from "node:crypto";
import { errors, jwtVerify, SignJWT, type JWTPayload } from "jose";
import type { SigningKey } from "../keys.js";
import type { Account } from "./accounts.js";
import { refusal, uncodedRefusal } from "./errors.js";

const RENEWABLE_HOURS = 730;

export interface AnonymousIssuer {
  readonly issuer: string;
  readonly key: SigningKey;
  readonly lifetime: number;
  readonly now: () => number;
}

/** Makes a nameless consumer, or renews the proof that this is still the same one. */
export async function authorizeAnonymous(
  account: Account,
  oldToken: string | null,
  issuer: AnonymousIssuer,
): Promise<string> {
  if (!account.anonymous) throw refusal("2005");
  const nowSeconds = Math.floor(issuer.now() / 1000);
  const old = oldToken === null ? null : await readAnonymousToken(oldToken, account, issuer, "any");

  const firstMade = old ? Number(old["first_iat"]) : nowSeconds;
  if (nowSeconds - firstMade > RENEWABLE_HOURS * 3600) throw refusal("2001");

  return await new SignJWT({ first_iat: firstMade })
    .setProtectedHeader({ alg: "RS256", kid: issuer.key.kid, typ: "JWT" })
    .setIssuer(issuer.issuer)
    .setSubject(old?.sub ?? randomUUID())
    .setAudience(`acc:${account.id}`)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + issuer.lifetime)
    .setJti(randomUUID())
    .sign(issuer.key.privateKey);
}

/** A token may be renewed after it has expired, but only a live one opens a conversation. */
export async function readAnonymousToken(
  token: string,
  account: Account,
  { issuer, key, now }: AnonymousIssuer,
  age: "any" | "live",
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: ["RS256"],
      issuer,
      audience: `acc:${account.id}`,
      requiredClaims: ["sub", "iat", "exp", "first_iat"],
      currentDate: new Date(now()),
      clockTolerance: age === "any" ? Number.MAX_SAFE_INTEGER : 0,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refusal("1012");
    if (error instanceof errors.JWSSignatureVerificationFailed) throw refusal("9007");
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw uncodedRefusal(401, `not this account's anonymous token: ${error.claim}`);
    }
    throw uncodedRefusal(400, "not a token");
  }
}
