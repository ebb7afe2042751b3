import type { ProviderAnswer, ProviderRequest } from "consumer-auth-widget";
import type { UserManager } from "oidc-client-ts";

/** Error codes by which a provider says that nobody is signed in, or wants to be. */
const NOBODY = [
  "login_required",
  "consent_required",
  "interaction_required",
  "account_selection_required",
  "invalid_grant",
  "access_denied",
];

function nobody(error: unknown): null {
  const { error: code, message } = error as { error?: string; message: string };
  if (code ? NOBODY.includes(code) : message === "Popup closed by user") return null;
  throw error;
}

/** The widget hands over no ID token that ends within half a minute. */
const endsSoon = (exp = 0) => exp - Date.now() / 1000 < 30;

/** A popup needs the widget's leave, and a click that is still warm. */
const mayOpenPopup = ({ interactive, signal }: ProviderRequest) =>
  interactive &&
  !signal.aborted &&
  (navigator as Partial<Navigator>).userActivation?.isActive === true;

/** The consumer's ID token from oidc-client-ts. */
export function oidcClientProvider(client: UserManager | Promise<UserManager>) {
  return async (request: ProviderRequest): Promise<ProviderAnswer> => {
    const userManager = await client;

    let user = await userManager.getUser();
    if (user && (request.renew || endsSoon(user.profile.exp))) {
      user = await userManager.signinSilent().catch(nobody);
    }
    if (!user && mayOpenPopup(request)) {
      const popup = { popupSignal: request.signal, popupAbortOnClose: true };
      user = await userManager.signinPopup(popup).catch(nobody);
    }
    return user?.id_token;
  };
}
