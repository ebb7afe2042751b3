import {
  createAuthorizationSource,
  type AuthorizationSource,
  type SourceContext,
} from "./authorization.js";

/**
 * The code flow with `exchange: "window"`: the code is handed over as it is, bound to the window's
 * challenge where it gave one.
 */
export const createCodeSource = (context: SourceContext): AuthorizationSource =>
  createAuthorizationSource(context, {
    responseType: "code",
    needs: ["authorizationEndpoint"],
    finish: ({ result: { code }, pending: { redirectUri } }) =>
      Promise.resolve({ kind: "code", code, redirectUri, claims: undefined }),
  });
