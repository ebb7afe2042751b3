import { createAuthorizationRequest } from "../oidc/authorization-request.js";
import { readAuthorizationResponse } from "../oidc/authorization-response.js";
import { findProvider } from "../oidc/provider.js";
import type { AuthorizationSource, SourceContext } from "./authorization.js";
import { createVerifiedTokenReader, type VerifiedTokenReader } from "./verified-token.js";

/** The implicit flow (`response_type=id_token`): the ID token arrives in the fragment. */
export function createImplicitSource(context: SourceContext): AuthorizationSource {
  const { config } = context;
  let reader: VerifiedTokenReader | undefined;
  return async (_windowChallenge, signal) => {
    const provider = await findProvider(config, signal);
    const request = createAuthorizationRequest({
      endpoint: provider.authorizationEndpoint,
      responseType: "id_token",
      clientId: String(config.clientId),
      redirectUri: String(config.redirectUri),
      scope: config.scope,
    });
    return {
      request,
      async finish(response) {
        const token = readAuthorizationResponse(response, {
          state: request.state,
          issuer: provider.issuer,
          promisesIss: provider.promisesIss,
          result: "id_token",
        });
        reader ??= createVerifiedTokenReader(context, provider);
        return reader(token, request.nonce);
      },
    };
  };
}
