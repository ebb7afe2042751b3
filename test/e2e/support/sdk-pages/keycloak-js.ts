import Keycloak from "keycloak-js";

import { keycloakProvider } from "../../../../recipes/keycloak-js.js";
import { offer, places } from "./page.js";

const keycloak = new Keycloak({ oidcProvider: places.issuer, clientId: places.clientId });

async function start() {
  await keycloak.init({
    onLoad: "check-sso",
    silentCheckSsoRedirectUri: places.callback,
    checkLoginIframe: false,
  });
  return offer(keycloakProvider(keycloak), () =>
    keycloak.login({ redirectUri: places.redirectUri }),
  );
}

if (places.isCallback) parent.postMessage(location.href, location.origin);
else window.sdkPage = start();
