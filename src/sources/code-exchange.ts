import { toCodeChallenge } from "../oidc/code-challenge.js";
import { randomText } from "../oidc/pkce.js";
import { exchangeCode } from "../oidc/token-request.js";
import {
  createAuthorizationSource,
  type AuthorizationSource,
  type SourceContext,
} from "./authorization.js";
import { keyEndpoints, loadVerification, withoutChallenge } from "./verification.js";

/**
 * The code flow with `exchange: "widget"`: the code is exchanged here, by a public client with PKCE,
 * and the verified ID token is handed over.
 */
export function createSource(context: SourceContext): AuthorizationSource {
  const verification = loadVerification();
  const { clientId, requestTimeout } = context.config;
  return withoutChallenge(
    createAuthorizationSource(context, {
      responseType: "code",
      needs: ["authorizationEndpoint", "tokenEndpoint", ...keyEndpoints(context)],
      async createProofKey() {
        const codeVerifier = randomText();
        return { codeVerifier, codeChallenge: await toCodeChallenge(codeVerifier) };
      },
      async finish(response) {
        const { provider, request, result, codeVerifier, signal } = response;
        const token = await exchangeCode({
          tokenEndpoint: `${provider.tokenEndpoint}`,
          clientId: `${clientId}`,
          code: result,
          redirectUri: request.redirectUri,
          codeVerifier: `${codeVerifier}`,
          timeout: requestTimeout,
          signal,
        });
        return (await verification()).toVerifiedCredential(token, response);
      },
    }),
  );
}
