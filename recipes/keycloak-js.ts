import type { ProviderAnswer, ProviderRequest } from "consumer-auth-widget";
import type Keycloak from "keycloak-js";

/** The widget hands over no ID token that ends within half a minute. */
const endsSoon = (exp = 0) => exp - Date.now() / 1000 < 30;

/**
 * The consumer's ID token from keycloak-js, which signs in by leaving the page and knows no popup:
 * it is never asked to sign anybody in.
 */
export function keycloakProvider(client: Keycloak | Promise<Keycloak>) {
  return async ({ renew }: ProviderRequest): Promise<ProviderAnswer> => {
    const keycloak = await client;
    const { idTokenParsed } = keycloak;
    if (idTokenParsed && (renew || endsSoon(idTokenParsed.exp))) {
      try {
        await keycloak.updateToken(-1);
      } catch (error) {
        // Where Keycloak refuses the refresh token, its session is over, and the SDK forgets it.
        if (keycloak.idToken) throw error;
      }
    }
    return keycloak.idToken;
  };
}
