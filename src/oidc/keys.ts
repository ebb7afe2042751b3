import type { JWTVerifyGetKey } from "jose";

import { loaded } from "../base/loaded.js";

/** Finds the key that a token says it was signed with. */
export type KeySource = JWTVerifyGetKey;

/** The connector's one-line key, for RS256. */
function importPublicKey(base64: string): Promise<CryptoKey> {
  const der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return crypto.subtle.importKey("spki", der, algorithm, false, ["verify"]);
}

/**
 * Where the public keys come from; nothing is loaded before the first token needs it.
 *
 * @param from - the connector's key as one line of base64, else the JWKS endpoint
 * @param requestTimeout - milliseconds for fetching the key set
 */
export async function createKeySource(
  from: { readonly jwtPublicKey?: string | undefined; readonly jwksEndpoint?: string | undefined },
  requestTimeout: number,
): Promise<KeySource> {
  const { jwtPublicKey, jwksEndpoint } = from;
  if (jwtPublicKey === undefined) {
    const { createRemoteKeySource } = await loaded(import("./remote-keys.js"));
    return createRemoteKeySource(`${jwksEndpoint}`, requestTimeout);
  }
  const key = importPublicKey(jwtPublicKey);
  return () => key;
}
