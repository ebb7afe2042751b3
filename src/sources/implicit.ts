import { keyEndpoints } from "../oidc/provider.js";
import {
  createAuthorizationSource,
  type AuthorizationSource,
  type SourceContext,
} from "./authorization.js";
import { loadVerification, withKeys, withoutChallenge } from "./verification.js";

/** The implicit flow (`response_type=id_token`): the ID token arrives in the fragment. */
export function createSource(context: SourceContext): AuthorizationSource {
  const verification = loadVerification();
  const source = createAuthorizationSource(context, {
    responseType: "id_token",
    needs: ["authorizationEndpoint", ...keyEndpoints(context.config)],
    finish: async ({ result, pending, signal }) =>
      (await verification()).toVerifiedCredential(context, result.id_token, pending, signal),
  });
  return withoutChallenge(withKeys(source, context));
}
