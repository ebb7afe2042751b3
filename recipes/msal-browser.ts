import type { AuthenticationResult, IPublicClientApplication } from "@azure/msal-browser";
import type { ProviderAnswer, ProviderRequest } from "consumer-auth-widget";

/** What MSAL's errors say where nobody is signed in, or wants to be. */
const NOBODY = ["InteractionRequiredAuthError", "access_denied", "user_cancelled"];

function nobody(error: unknown): null {
  const { name, errorCode } = error as { name: string; errorCode: string };
  if (NOBODY.includes(name) || NOBODY.includes(errorCode)) return null;
  throw error;
}

/** The widget hands over no ID token that ends within half a minute. */
const endsSoon = ({ exp = 0 }: { exp?: number }) => exp - Date.now() / 1000 < 30;

/** A popup needs the widget's leave, and a click that is still warm. */
const mayOpenPopup = ({ interactive, signal }: ProviderRequest) =>
  interactive &&
  !signal.aborted &&
  (navigator as Partial<Navigator>).userActivation?.isActive === true;

/** The account that the page has chosen, or the only one: two are not guessed between. */
function accountOf(msal: IPublicClientApplication) {
  const [account, another] = msal.getAllAccounts();
  return msal.getActiveAccount() ?? (another ? undefined : account);
}

/** The consumer's ID token from msal-browser. */
export function msalProvider(client: IPublicClientApplication | Promise<IPublicClientApplication>) {
  return async (request: ProviderRequest): Promise<ProviderAnswer> => {
    const msal = await client;
    const account = accountOf(msal);
    const tokens = { scopes: ["openid"], ...(account && { account }) };

    let result: AuthenticationResult | null = null;
    if (account) {
      const silently = (forceRefresh: boolean) =>
        msal.acquireTokenSilent({ ...tokens, forceRefresh }).catch(nobody);
      result = await silently(request.renew);
      // MSAL's cache goes by the access token, which may outlive the ID token.
      if (result && endsSoon(result.idTokenClaims)) result = await silently(true);
    }
    if (!result && mayOpenPopup(request)) {
      result = await msal.loginPopup(tokens).catch(nobody);
      if (result) msal.setActiveAccount(result.account);
    }
    return result?.idToken;
  };
}
