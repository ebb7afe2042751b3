import { createKeySource, verifyIdToken } from "../oidc/id-token.js";
import type { Provider } from "../oidc/provider.js";
import type { SourceContext } from "./authorization.js";
import type { IdTokenCredential } from "./credential.js";

/** Turns the ID token of one login into a credential, or throws. */
export type VerifiedTokenReader = (token: string, nonce: string) => Promise<IdTokenCredential>;

/**
 * A reader that keeps the provider's keys from one login to the next.
 *
 * @param provider - names the JWKS endpoint where the configuration holds no key
 */
export function createVerifiedTokenReader(
  { config, clock }: SourceContext,
  provider: Provider,
): VerifiedTokenReader {
  const { issuer, clientId, jwtPublicKey, clockTolerance, requestTimeout } = config;
  const keys = createKeySource(
    { jwtPublicKey, jwksEndpoint: provider.jwksEndpoint },
    requestTimeout,
  );
  return async (token, nonce) => ({
    kind: "id_token",
    token,
    claims: await verifyIdToken(token, {
      issuer: String(issuer),
      clientId: String(clientId),
      nonce,
      keys,
      clockTolerance,
      clock,
    }),
  });
}
