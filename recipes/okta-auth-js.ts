import type { OktaAuth } from "@okta/okta-auth-js";
import type { ProviderAnswer, ProviderRequest } from "consumer-auth-widget";

/** What Okta's errors say where nobody is signed in, or wants to be. */
const NOBODY = [
  "login_required",
  "consent_required",
  "interaction_required",
  "invalid_grant",
  "access_denied",
  // What the SDK says when the popup was closed.
  "Unable to parse OAuth flow response",
];

function nobody(error: unknown): undefined {
  const { errorCode, message } = error as { errorCode?: string; message: string };
  if (NOBODY.includes(errorCode ?? "") || NOBODY.includes(message)) return undefined;
  throw error;
}

/** The widget hands over no ID token that ends within half a minute. */
const endsSoon = (exp = 0) => exp - Date.now() / 1000 < 30;

/** A popup needs the widget's leave, and a click that is still warm. */
const mayOpenPopup = ({ interactive, signal }: ProviderRequest) =>
  interactive &&
  !signal.aborted &&
  (navigator as Partial<Navigator>).userActivation?.isActive === true;

/** The consumer's ID token from okta-auth-js. */
export function oktaProvider(client: OktaAuth | Promise<OktaAuth>) {
  return async (request: ProviderRequest): Promise<ProviderAnswer> => {
    const { token, tokenManager } = await client;

    let { idToken } = tokenManager.getTokensSync();
    if (idToken && (request.renew || endsSoon(idToken.claims.exp))) {
      const renewed = await tokenManager.renew("idToken").catch(nobody);
      idToken = renewed && tokenManager.getTokensSync().idToken;
    }
    if (!idToken && mayOpenPopup(request)) {
      // Else the popup shows the site's front page first; the SDK's types don't know the option.
      const popup = { popupTitle: "sign-in", initialPath: "about:blank" };
      const response = await token.getWithPopup(popup).catch(nobody);
      if (response) tokenManager.setTokens(response.tokens);
      idToken = response?.tokens.idToken;
    }
    return idToken?.idToken;
  };
}
