import { keyEndpoints } from "../oidc/provider.js";
import {
  createAuthorizationSource,
  type AuthorizationSource,
  type SourceContext,
} from "./authorization.js";
import { loadVerification, withKeys } from "./verification.js";

/**
 * The hybrid flow (`response_type=code id_token`, OpenID Connect Core 1.0 section 3.3): the code goes
 * to the window, and the ID token that came with it tells the page who signed in.
 */
export function createSource(context: SourceContext): AuthorizationSource {
  const verification = loadVerification();
  const source = createAuthorizationSource(context, {
    responseType: "code id_token",
    needs: ["authorizationEndpoint", ...keyEndpoints(context.config)],
    async finish({ result: { code, id_token: idToken }, pending, signal }) {
      const { toVerifiedCredential } = await verification();
      const expected = { ...pending, code };
      const { claims } = await toVerifiedCredential(context, idToken, expected, signal);
      return { kind: "code", code, redirectUri: pending.redirectUri, claims, idToken };
    },
  });
  return withKeys(source, context);
}
