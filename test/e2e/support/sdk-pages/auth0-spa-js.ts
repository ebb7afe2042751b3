import { createAuth0Client } from "@auth0/auth0-spa-js";

import { auth0Provider } from "../../../../recipes/auth0-spa-js.js";
import { clean, offer, places } from "./page.js";

async function start() {
  const auth0 = await createAuth0Client({
    domain: new URL(places.issuer).host,
    clientId: places.clientId,
    useRefreshTokens: places.clientId === "refresh",
    authorizationParams: { redirect_uri: places.redirectUri },
  });
  if (places.returns) {
    await auth0.handleRedirectCallback();
    clean();
  }
  return offer(auth0Provider(auth0), () => auth0.loginWithRedirect());
}

window.sdkPage = start();
