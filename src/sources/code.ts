import { ConsumerAuthError } from "../base/errors.js";
import { createAuthorizationRequest } from "../oidc/authorization-request.js";
import { readAuthorizationResponse } from "../oidc/authorization-response.js";
import { randomText, toCodeChallenge } from "../oidc/pkce.js";
import { findProvider } from "../oidc/provider.js";
import type { AuthorizationSource, SourceContext } from "./authorization.js";
import type { VerifiedTokenReader } from "./verified-token.js";

/**
 * The code flow. With `exchange: "window"` the code is handed over as it is, bound to the window's
 * challenge where it gave one; with `exchange: "widget"` it is exchanged here and the verified ID
 * token is handed over.
 */
export function createCodeSource(context: SourceContext): AuthorizationSource {
  const { config } = context;
  const exchanges = config.exchange === "widget";
  // Together with the page that asks, so that nobody waits for it after the login.
  const loading = exchanges ? import("./code-exchange.js") : undefined;
  loading?.catch(() => undefined);
  let reader: VerifiedTokenReader | undefined;

  return async (windowChallenge, signal) => {
    const provider = await findProvider(config, signal);
    const codeVerifier = exchanges ? randomText() : undefined;
    const request = createAuthorizationRequest({
      endpoint: provider.authorizationEndpoint,
      responseType: "code",
      clientId: String(config.clientId),
      redirectUri: String(config.redirectUri),
      scope: config.scope,
      codeChallenge: codeVerifier === undefined ? windowChallenge : await toCodeChallenge(codeVerifier),
    });
    const { redirectUri, nonce, state } = request;
    return {
      request,
      async finish(response, finishSignal) {
        const code = readAuthorizationResponse(response, {
          state,
          issuer: provider.issuer,
          promisesIss: provider.promisesIss,
          result: "code",
        });
        if (codeVerifier === undefined || !loading) return { kind: "code", code, redirectUri };
        const { createVerifiedTokenReader, exchangeCode } = await loading;
        const { tokenEndpoint } = provider;
        if (tokenEndpoint === undefined) {
          throw new ConsumerAuthError(
            "discovery_failed",
            "The provider's metadata names no token_endpoint: give tokenEndpoint.",
          );
        }
        const token = await exchangeCode({
          issuer: String(config.issuer),
          tokenEndpoint,
          clientId: String(config.clientId),
          code,
          redirectUri,
          codeVerifier,
          timeout: config.requestTimeout,
          clockTolerance: config.clockTolerance,
          signal: finishSignal,
        });
        reader ??= createVerifiedTokenReader(context, provider);
        return reader(token, nonce);
      },
    };
  };
}
