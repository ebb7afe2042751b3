import { loaded } from "../base/loaded.js";
import { randomText } from "../oidc/pkce.js";
import { findProvider } from "../oidc/provider.js";
import { revoke } from "../oidc/revocation-request.js";
import { goAway } from "../transports/redirect.js";
import type { SignOutOptions } from "./consumer-auth.js";
import type { Held } from "./held.js";
import type { Loaders, Parts } from "./parts.js";
import { hasFedcm } from "./permissions.js";

/**
 * What remains of a sign-out when nobody is signed in here any more, and no guest is kept: the refresh
 * token is revoked (RFC 7009) where the provider can, and with `everywhere` its session ends
 * (RP-Initiated Logout 1.0).
 *
 * @param left - what was held of the consumer
 * @throws ConsumerAuthError `discovery_failed` where the provider has no `end_session_endpoint`,
 * `storage_unavailable` where nobody could come back from there; with `everywhere` it doesn't settle
 * when the page goes away
 */
export async function signOut(
  { config, keeper, report }: Parts,
  loaders: Loaders,
  left: Held,
  { everywhere = false }: SignOutOptions,
): Promise<void> {
  const { name } = keeper;
  if (hasFedcm(config)) await (await loaders.fedcm()).forget();
  const { clientId, exchange, redirectUri } = config;
  if (exchange === "widget") {
    const { takeRefreshToken } = await loaded(import("../sources/refresh.js"));
    const refreshToken = await takeRefreshToken(name, left.grant?.refreshToken);
    if (refreshToken !== undefined) await revoke(config, refreshToken).catch(report);
  }
  if (!everywhere) return;
  const { endSessionEndpoint } = await findProvider(config, ["endSessionEndpoint"]);
  const returnPage = config.postLogoutRedirectUri ?? redirectUri;
  const state = randomText();
  const url = new URL(`${endSessionEndpoint}`);
  for (const [parameter, value] of Object.entries({
    client_id: clientId,
    id_token_hint: left.idTokenHint,
    post_logout_redirect_uri: returnPage,
    state,
  })) {
    if (value !== undefined) url.searchParams.set(parameter, value);
  }
  await goAway({ url: url.href, state }, "signOut", name);
}
