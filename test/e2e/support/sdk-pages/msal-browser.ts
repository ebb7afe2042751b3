import { createStandardPublicClientApplication, ProtocolMode } from "@azure/msal-browser";
import { broadcastResponseToMainFrame } from "@azure/msal-browser/redirect-bridge";

import { msalProvider } from "../../../../recipes/msal-browser.js";
import { offer, places } from "./page.js";

async function start() {
  const msal = await createStandardPublicClientApplication({
    auth: {
      clientId: places.clientId,
      authority: places.issuer,
      knownAuthorities: [new URL(places.issuer).host],
      redirectUri: places.callback,
      OIDCOptions: { defaultScopes: ["openid"] },
    },
    system: { protocolMode: ProtocolMode.OIDC },
  });
  await msal.handleRedirectPromise();
  return offer(msalProvider(msal), () =>
    msal.loginRedirect({ scopes: ["openid"], redirectUri: places.callback }),
  );
}

if (places.isCallback) void broadcastResponseToMainFrame();
else window.sdkPage = start();
