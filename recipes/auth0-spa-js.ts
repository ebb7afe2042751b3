import type { Auth0Client } from "@auth0/auth0-spa-js";
import type { ProviderAnswer, ProviderRequest } from "consumer-auth-widget";

/** Error codes by which Auth0 and its SDK say that nobody is signed in, or wants to be. */
const NOBODY = [
  "login_required",
  "consent_required",
  "interaction_required",
  "mfa_required",
  "missing_refresh_token",
  "invalid_grant",
  "access_denied",
  "cancelled",
];

function nobody(error: unknown): null {
  if (NOBODY.includes((error as { error: string }).error)) return null;
  throw error;
}

/** The widget hands over no ID token that ends within half a minute. */
const endsSoon = (exp = 0) => exp - Date.now() / 1000 < 30;

/** A popup needs the widget's leave, and a click that is still warm. */
const mayOpenPopup = ({ interactive, signal }: ProviderRequest) =>
  interactive &&
  !signal.aborted &&
  (navigator as Partial<Navigator>).userActivation?.isActive === true;

/** The consumer's ID token from auth0-spa-js. */
export function auth0Provider(client: Auth0Client | Promise<Auth0Client>) {
  return async (request: ProviderRequest): Promise<ProviderAnswer> => {
    const auth0 = await client;
    const silently = async (cacheMode: "on" | "off") => {
      await auth0.getTokenSilently({ cacheMode, timeoutInSeconds: 10 });
      return await auth0.getIdTokenClaims();
    };

    // WebKit opens a popup only in the click itself: who isn't known here is asked at once.
    const asksAtOnce = mayOpenPopup(request) && !(await auth0.isAuthenticated());
    let claims = asksAtOnce ? null : await silently(request.renew ? "off" : "on").catch(nobody);
    // The SDK's cache goes by the access token, which may outlive the ID token.
    if (claims && endsSoon(claims.exp)) claims = await silently("off").catch(nobody);
    if (!claims && mayOpenPopup(request)) {
      const signIn = auth0.loginWithPopup();
      claims = await signIn.then(() => auth0.getIdTokenClaims()).catch(nobody);
    }
    return claims?.__raw;
  };
}
