import type { AuthorizationServer } from "oauth4webapi";
import { checkOption, isSecureUrl, isText } from "../check-options.js";
import { createDomainApi, type DomainApi } from "../domain-api.js";
import type { RequestOptions } from "../service-fetch.js";

/** Where an authorization server is, address by address. A query that belongs to one stays in it. */
export interface ApplicationEndpoints {
  /** Where users are sent. */
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  /** The keys with which ID tokens are verified. */
  readonly jwksEndpoint: string;
}

/** What says where the service is. */
export interface PlaceOptions extends RequestOptions {
  /** The account at the cloud in which the application is installed. */
  readonly accountId: string;
  /** Who looks the service `sentinel` up. Default: a Domain API of its own, for `accountId`. */
  readonly domains?: DomainApi;
  /** Addresses that aren't to be looked up; https, or http on loopback addresses. */
  readonly endpoints?: Partial<ApplicationEndpoints>;
}

const names = [
  "authorizationEndpoint",
  "tokenEndpoint",
  "revocationEndpoint",
  "jwksEndpoint",
] as const;

/** The addresses of the cloud's service, as its documentation has them. */
export function sentinelEndpoints(origin: string, accountId: string): ApplicationEndpoints {
  const base = `${origin}/sentinel/api/account/${accountId}`;
  return {
    authorizationEndpoint: `${base}/authorize?v=1.0`,
    tokenEndpoint: `${base}/token?v=1.0`,
    revocationEndpoint: `${base}/token/revoke?v=1.0`,
    jwksEndpoint: `${origin}/sentinel/well-known/jwks`,
  };
}

/** @throws PlatformError `invalid_config` */
export function checkPlace({ accountId, domains, endpoints = {} }: PlaceOptions): void {
  checkOption(
    domains === undefined || domains.accountId === accountId,
    "domains must be a Domain API of the same accountId.",
  );
  for (const name of names) {
    const url = endpoints[name];
    checkOption(
      url === undefined || (isText(url) && isSecureUrl(url.replace(/\?[^#]*$/, ""))),
      `endpoints.${name} must be an absolute https URL without credentials or a fragment; http on loopback addresses only.`,
    );
  }
}

/**
 * Finds the endpoints: those that were given, the others by the Domain API, which keeps what it has found.
 *
 * @param options - checked already
 * @param issuer - the `iss` of ID tokens
 */
export function createPlace(
  options: PlaceOptions,
  issuer: string,
): (signal: AbortSignal | undefined) => Promise<AuthorizationServer> {
  const { accountId, endpoints: given = {} } = options;
  const isWhole = names.every((name) => given[name] !== undefined);
  const domains = options.domains ?? createDomainApi(options);

  return async (signal) => {
    const origin = isWhole ? "" : await domains.baseUri("sentinel", signal ? { signal } : {});
    const { authorizationEndpoint, tokenEndpoint, revocationEndpoint, jwksEndpoint } = {
      ...sentinelEndpoints(origin, accountId),
      ...given,
    };
    return {
      issuer,
      authorization_endpoint: authorizationEndpoint,
      token_endpoint: tokenEndpoint,
      revocation_endpoint: revocationEndpoint,
      jwks_uri: jwksEndpoint,
      id_token_signing_alg_values_supported: ["RS256"],
    };
  };
}
