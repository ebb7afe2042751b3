import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import { endpoint as checkEndpoint } from "../config/checks.js";
import type { ResolvedConfig } from "../config/options.js";
import type { NeededEndpoint, Provider } from "./provider-metadata.js";

/**
 * Reads the issuer's metadata (OpenID Connect Discovery 1.0 section 4) for what the configuration
 * leaves out. `oauth4webapi` could do it too; it would bring its whole token endpoint along into
 * pages that hand the code to the window.
 *
 * @param config - the checked configuration, with an issuer
 * @param neededEndpoints - what the flow needs
 * @param signal - aborts the request
 * @throws ConsumerAuthError `discovery_failed`, `request_failed`, `request_timeout`
 */
export async function discoverProvider(
  config: ResolvedConfig,
  neededEndpoints: readonly NeededEndpoint[],
  signal: AbortSignal,
): Promise<Provider> {
  const { issuer, requestTimeout } = config;
  const url = `${String(issuer).replace(/\/$/, "")}/.well-known/openid-configuration`;
  const refuse = (problem: string): never => {
    throw new ConsumerAuthError("discovery_failed", `${url} ${problem}`);
  };
  checkEndpoint(issuer, () => refuse("can't be asked: issuer is not a safe https URL."));
  const { status, json } = await requestJson(url, { timeout: requestTimeout, signal });
  if (status !== 200) refuse(`answers with HTTP ${status}.`);
  if (json["issuer"] !== issuer) {
    refuse("names another issuer: write the issuer exactly as the provider does.");
  }
  const endpoint = (needed: NeededEndpoint, name: string): string | undefined => {
    const found = config[needed] ?? json[name] ?? undefined;
    if (found === undefined && !neededEndpoints.includes(needed)) return undefined;
    checkEndpoint(found, () => refuse(`has no ${name} that is a safe https URL: give ${needed}.`));
    return found as string;
  };
  return {
    issuer,
    authorizationEndpoint: endpoint("authorizationEndpoint", "authorization_endpoint"),
    tokenEndpoint: endpoint("tokenEndpoint", "token_endpoint"),
    jwksEndpoint: endpoint("jwksEndpoint", "jwks_uri"),
    promisesIss: json["authorization_response_iss_parameter_supported"] === true,
  };
}
