import { SignJWT } from "jose";
import type { SigningKey } from "../keys.js";
import type { Consumer } from "./consumers.js";
import { LEVELS } from "./levels.js";

export interface IdTokenSigner {
  readonly issuer: string;
  readonly key: SigningKey;
  /** Seconds. */
  readonly lifetime: number;
}

export interface SignedIn {
  readonly consumer: Consumer;
  /** Seconds since 1970. */
  readonly since: number;
}

/** An ID token that the protocol's own endpoints had no part in. */
export async function makeIdToken(
  { issuer, key, lifetime }: IdTokenSigner,
  { consumer, since }: SignedIn,
  audience: string,
  nonce?: string,
): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const own = { acr: LEVELS[0], auth_time: since, ...(nonce === undefined ? {} : { nonce }) };
  return await new SignJWT({ ...consumer.claims, ...own })
    .setProtectedHeader({ alg: "RS256", kid: key.kid })
    .setIssuer(issuer)
    .setSubject(consumer.sub)
    .setAudience(audience)
    .setIssuedAt(iat)
    .setExpirationTime(iat + lifetime)
    .sign(key.privateKey);
}
