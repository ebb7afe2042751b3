import { verifyIdToken } from "../oidc/id-token.js";
import { createKeySource, type KeySource } from "../oidc/keys.js";
import type { CheckedResponse, SourceContext } from "./authorization.js";
import type { IdTokenCredential } from "./credential.js";

/** The keys are kept from one login of a client to the next. */
const keySources = new WeakMap<SourceContext, KeySource>();

/**
 * Verifies the ID token of one login.
 *
 * @param token - compact serialization
 * @param response - the response that it came with
 * @throws ConsumerAuthError `id_token_invalid`, `id_token_expired`, `keys_unavailable`
 */
export async function toVerifiedCredential(
  token: string,
  { context, provider, request }: CheckedResponse,
): Promise<IdTokenCredential> {
  const { issuer, clientId, jwtPublicKey, clockTolerance, requestTimeout } = context.config;
  let keys = keySources.get(context);
  if (!keys) {
    keys = await createKeySource(
      { jwtPublicKey, jwksEndpoint: provider.jwksEndpoint },
      requestTimeout,
    );
    keySources.set(context, keys);
  }
  const claims = await verifyIdToken(token, {
    issuer: String(issuer),
    clientId: String(clientId),
    nonce: request.nonce,
    key: keys,
    clockTolerance,
    clock: context.clock,
  });
  return { kind: "id_token", token, claims };
}
