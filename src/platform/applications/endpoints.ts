import type { AuthorizationServer } from "oauth4webapi";
import { checkOption, isSecureUrl, isText } from "../check-options.js";
import type { DomainApi } from "../domain-api.js";
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
  /** Of the account in which the application is installed: it knows where the service `sentinel` is. */
  readonly domains?: DomainApi;
  /** Addresses that aren't to be looked up; with all four, `domains` isn't needed. */
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
export function checkPlace({ domains, endpoints = {} }: PlaceOptions): void {
  checkOption(
    isDomainApi(domains) || (domains === undefined && isWhole(endpoints)),
    "domains must be what createDomainApi returned; without it, endpoints must hold all four addresses.",
  );
  for (const name of names) {
    const url = endpoints[name];
    checkOption(
      url === undefined || isEndpoint(url),
      `endpoints.${name} must be an absolute https URL without credentials or a fragment; http on loopback addresses only.`,
    );
  }
}

/** Whether requests with a secret may go there. A query is a part of the address. */
export const isEndpoint = (url: unknown): url is string =>
  isText(url) && isSecureUrl(url.replace(/\?[^#]*$/, ""));

export const isDomainApi = (domains: unknown): boolean =>
  typeof (domains as Partial<DomainApi> | undefined)?.baseUri === "function";

const isWhole = (endpoints: Partial<ApplicationEndpoints>): endpoints is ApplicationEndpoints =>
  names.every((name) => endpoints[name] !== undefined);

/**
 * Finds the endpoints: those that were given, the others by the Domain API, which keeps what it has found.
 *
 * @param options - checked already
 * @param issuer - the `iss` of ID tokens
 */
export function createPlace(
  { domains, endpoints: given = {} }: PlaceOptions,
  issuer: string,
): (signal: AbortSignal | undefined) => Promise<AuthorizationServer> {
  const find = async (signal: AbortSignal | undefined): Promise<ApplicationEndpoints> => {
    if (isWhole(given) || !domains) return given as ApplicationEndpoints;
    const origin = await domains.baseUri("sentinel", signal ? { signal } : {});
    const found = sentinelEndpoints(origin, domains.accountId);
    return { ...found, ...Object.fromEntries(Object.entries(given).filter(([, url]) => url)) };
  };

  return async (signal) => {
    const found = await find(signal);
    return {
      issuer,
      authorization_endpoint: found.authorizationEndpoint,
      token_endpoint: found.tokenEndpoint,
      revocation_endpoint: found.revocationEndpoint,
      jwks_uri: found.jwksEndpoint,
      id_token_signing_alg_values_supported: ["RS256"],
    };
  };
}
