import { OktaAuth } from "@okta/okta-auth-js";

import { oktaProvider } from "../../../../recipes/okta-auth-js.js";
import { clean, offer, places } from "./page.js";

interface Metadata {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

async function start() {
  const { href } = new URL(".well-known/openid-configuration", places.issuer);
  const metadata = (await (await fetch(href)).json()) as Metadata;
  const okta = new OktaAuth({
    issuer: places.issuer,
    clientId: places.clientId,
    redirectUri: places.redirectUri,
    authorizeUrl: metadata.authorization_endpoint,
    tokenUrl: metadata.token_endpoint,
    scopes: ["openid"],
    tokenManager: { autoRenew: false, autoRemove: false },
  });
  if (places.returns) {
    await okta.storeTokensFromRedirect();
    clean();
  }
  return offer(oktaProvider(okta), () => okta.token.getWithRedirect());
}

window.sdkPage = start();
