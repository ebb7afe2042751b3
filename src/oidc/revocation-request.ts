import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import type { ResolvedConfig } from "../config/options.js";
import type { Provider } from "./provider-metadata.js";
import { findProvider } from "./provider.js";

/**
 * Revokes a refresh token (RFC 7009), where the provider can.
 *
 * @throws ConsumerAuthError `token_request_failed`, `request_failed`, `request_timeout`
 */
export async function revoke(config: ResolvedConfig, token: string): Promise<void> {
  const { revocationEndpoint } = await findProvider(config, ["revocationEndpoint"]).catch(
    (): Pick<Provider, "revocationEndpoint"> => ({}),
  );
  // Not every provider can.
  if (revocationEndpoint === undefined) return;
  const { status } = await requestJson(revocationEndpoint, {
    timeout: config.requestTimeout,
    retries: true,
    body: new URLSearchParams({
      token,
      token_type_hint: "refresh_token",
      client_id: `${config.clientId}`,
    }),
  });
  if (status !== 200) {
    throw new ConsumerAuthError(
      "token_request_failed",
      `The refresh token could not be revoked (HTTP ${status}).`,
    );
  }
}
