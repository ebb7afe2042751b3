import {
  createAuthorizationSource,
  type AuthorizationSource,
  type SourceContext,
} from "./authorization.js";
import { keyEndpoints, loadVerification, withoutChallenge } from "./verification.js";

/** The implicit flow (`response_type=id_token`): the ID token arrives in the fragment. */
export function createSource(context: SourceContext): AuthorizationSource {
  const verification = loadVerification();
  return withoutChallenge(
    createAuthorizationSource(context, {
      responseType: "id_token",
      needs: ["authorizationEndpoint", ...keyEndpoints(context)],
      finish: async (response) =>
        (await verification()).toVerifiedCredential(response.result, response),
    }),
  );
}
