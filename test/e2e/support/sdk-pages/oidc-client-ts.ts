import { UserManager } from "oidc-client-ts";

import { oidcClientProvider } from "../../../../recipes/oidc-client-ts.js";
import { clean, offer, places } from "./page.js";

const userManager = new UserManager({
  authority: places.issuer,
  client_id: places.clientId,
  redirect_uri: places.redirectUri,
  popup_redirect_uri: places.callback,
  silent_redirect_uri: places.callback,
  automaticSilentRenew: false,
});

async function start() {
  if (places.returns) {
    await userManager.signinRedirectCallback();
    clean();
  }
  return offer(oidcClientProvider(userManager), () => userManager.signinRedirect());
}

if (places.isCallback) void userManager.signinCallback();
else window.sdkPage = start();
