import { abortError } from "../base/deadline.js";
import { toCodeChallenge } from "../oidc/code-challenge.js";
import { randomText } from "../oidc/pkce.js";
import { requestTokens } from "../oidc/token-request.js";
import { keyEndpoints } from "../oidc/provider.js";
import {
  createAuthorizationSource,
  type AuthorizationSource,
  type SourceContext,
} from "./authorization.js";
import { loadProof } from "./proof.js";
import { loadVerification, withKeys, withoutChallenge } from "./verification.js";

/**
 * The code flow with `exchange: "widget"`: the code is exchanged here, by a public client with PKCE,
 * and the verified ID token is handed over.
 */
export function createSource(context: SourceContext): AuthorizationSource {
  const verification = loadVerification();
  const { clientId, requestTimeout } = context.config;
  const source = createAuthorizationSource(context, {
    responseType: "code",
    needs: ["authorizationEndpoint", "tokenEndpoint", ...keyEndpoints(context.config)],
    async createProofKey() {
      const codeVerifier = randomText();
      const proof = await loadProof(context);
      return {
        codeVerifier,
        codeChallenge: await toCodeChallenge(codeVerifier),
        proof,
        parameters: proof && { dpop_jkt: await proof.thumbprint() },
      };
    },
    async finish({ provider, pending, result, signal }) {
      const { idToken, refreshToken } = await requestTokens({
        tokenEndpoint: `${provider.tokenEndpoint}`,
        clientId: `${clientId}`,
        parameters: {
          grant_type: "authorization_code",
          code: result.code,
          redirect_uri: pending.redirectUri,
          code_verifier: `${pending.codeVerifier}`,
        },
        timeout: requestTimeout,
        signal,
        proof: await loadProof(context),
      });
      const { toVerifiedCredential } = await verification();
      const credential = await toVerifiedCredential(context, idToken, pending, signal);
      // Whoever has signed out in the meantime leaves nothing behind.
      if (signal.aborted) throw abortError(signal);
      await context.keepRefreshToken?.(refreshToken, credential);
      return credential;
    },
  });
  return withoutChallenge(withKeys(source, context));
}
