import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import { isEndpoint } from "../config/checks.js";
import type { ResolvedConfig } from "../config/options.js";

/** What must be known of an identity provider for one flow. */
export interface Provider {
  readonly issuer?: string | undefined;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint?: string | undefined;
  readonly jwksEndpoint?: string | undefined;
  /** The provider promises `iss` in authorization responses (RFC 9207 section 3). */
  readonly promisesIss: boolean;
}

/** Whether the configuration alone says what the flow needs, so that nothing must be discovered. */
function isComplete(config: ResolvedConfig): boolean {
  const verifies = config.flow === "implicit" || config.exchange === "widget";
  return (
    config.authorizationEndpoint !== undefined &&
    (config.exchange === "window" || config.tokenEndpoint !== undefined) &&
    (!verifies || config.jwtPublicKey !== undefined || config.jwksEndpoint !== undefined)
  );
}

/**
 * The provider's endpoints: those of the configuration, and for what it leaves out those of the
 * issuer's metadata (OpenID Connect Discovery 1.0 section 4). `oauth4webapi` could read the metadata
 * too; it would bring its whole token endpoint along into pages that hand the code to the window.
 *
 * @param config - the checked configuration
 * @param signal - aborts the request
 * @throws ConsumerAuthError `discovery_failed`, `request_failed`, `request_timeout`
 */
export async function findProvider(
  config: ResolvedConfig,
  signal?: AbortSignal,
): Promise<Provider> {
  const { issuer, authorizationEndpoint, tokenEndpoint, jwksEndpoint } = config;
  if (authorizationEndpoint !== undefined && (issuer === undefined || isComplete(config))) {
    return { issuer, authorizationEndpoint, tokenEndpoint, jwksEndpoint, promisesIss: false };
  }
  const url = `${String(issuer).replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { status, json } = await requestJson(url, { timeout: config.requestTimeout, signal });
  const refuse = (problem: string): never => {
    throw new ConsumerAuthError("discovery_failed", `${url} ${problem}`);
  };
  if (status !== 200) refuse(`answers with HTTP ${String(status)}.`);
  if (json["issuer"] !== issuer) {
    refuse("names another issuer: write the issuer exactly as the provider does.");
  }
  const endpoint = (name: string, configured: string | undefined): string | undefined => {
    const found = configured ?? json[name];
    if (found === undefined) return undefined;
    return isEndpoint(found) ? found : refuse(`has a ${name} that is not a safe https URL.`);
  };
  return {
    issuer,
    authorizationEndpoint:
      endpoint("authorization_endpoint", authorizationEndpoint) ??
      refuse("has no authorization_endpoint."),
    tokenEndpoint: endpoint("token_endpoint", tokenEndpoint),
    jwksEndpoint: endpoint("jwks_uri", jwksEndpoint),
    promisesIss: json["authorization_response_iss_parameter_supported"] === true,
  };
}
