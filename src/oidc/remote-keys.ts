import { createRemoteJWKSet, type JWTVerifyGetKey } from "jose";

/**
 * The keys of a JWKS endpoint; fetched when a token needs them, kept, and fetched again for a `kid`
 * that is not among them.
 *
 * @param requestTimeout - milliseconds for fetching the key set
 */
export const createRemoteKeySource = (
  jwksEndpoint: string,
  requestTimeout: number,
): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(jwksEndpoint), { timeoutDuration: Math.ceil(requestTimeout) });
