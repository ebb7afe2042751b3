import { decodeJwt } from "jose";
import {
  allowInsecureRequests,
  clientCredentialsGrantRequest,
  ClientSecretPost,
  customFetch,
  processClientCredentialsResponse,
  type TokenEndpointResponse,
} from "oauth4webapi";
import { assertServer } from "../base/server-only.js";
import { isDomainApi, isEndpoint } from "./applications/endpoints.js";
import { toPlatformError } from "./applications/oauth-errors.js";
import { checkOption, checkRequestOptions, isText } from "./check-options.js";
import type { DomainApi } from "./domain-api.js";
import { PlatformError } from "./platform-error.js";
import { createServiceFetch, type RequestOptions } from "./service-fetch.js";
import { createSharedFlights } from "./shared-flights.js";

/** What {@link createClientCredentials} takes. */
export interface ClientCredentialsOptions extends RequestOptions {
  /** Of the account in which the application is installed: it knows where the service `sentinel` is. */
  readonly domains?: DomainApi;
  /** The id that the application got when it was installed, with the grant type `client_credentials`. */
  readonly clientId: string;
  /** Its secret. */
  readonly clientSecret: string;
  /**
   * Of the service's interface. Default 2, whose tokens are signed with the published keys; 1 is for the Connector API.
   */
  readonly version?: 1 | 2;
  /** The scope to ask for. Default: all that the application was installed with. */
  readonly scope?: string;
  /** Where tokens are had, in place of `domains` and `version`; https, or http on loopback addresses. */
  readonly tokenEndpoint?: string;
}

/** A token of an application for itself. */
export interface ClientToken {
  /** For the cloud's services, as `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** Milliseconds since 1970 at which it ends. */
  readonly expiresAt: number;
}

/** Tokens of an application for itself, kept while they hold. */
export interface ClientCredentials {
  /**
   * The token, asked for where there is none that holds for a while. Requests under way are shared.
   *
   * @param options - `signal` aborts the wait; others who wait still get the token
   * @throws PlatformError `aborted`, `access_denied` (wrong id or secret, or another grant type), `request_failed`,
   * `request_timeout`, `response_invalid`, `service_failed`, and what looking up the service throws
   */
  token(options?: { readonly signal?: AbortSignal }): Promise<ClientToken>;
  /** The value of an `Authorization` header; as {@link ClientCredentials.token}. */
  authorization(options?: { readonly signal?: AbortSignal }): Promise<string>;
  /**
   * Drops a token that a service has refused, so that the next call asks for a new one.
   *
   * @param accessToken - that very token; another one stays
   */
  forget(accessToken: string): void;
}

/** Milliseconds that a token must still hold when it is given out, or a tenth of its life if that is less. */
const margin = 60_000;

/** Milliseconds for which a token is kept that doesn't say how long it holds. */
const unknownLife = 300_000;

/**
 * Authorizes an application for itself, without a user (the cloud's service `sentinel`; RFC 6749 section 4.4). It needs
 * the application's secret, and refuses to run in a browser.
 *
 * @param options - where the service is, and the installed application; the rest has defaults
 * @throws PlatformError `in_browser`, `invalid_config`
 */
export function createClientCredentials(options: ClientCredentialsOptions): ClientCredentials {
  assertServer(
    () =>
      new PlatformError(
        "in_browser",
        "createClientCredentials needs the application's secret, which must never get into a browser: call it on your server.",
      ),
  );
  check(options);
  const { domains, clientId, clientSecret, version = 2, scope, tokenEndpoint } = options;
  const request = createServiceFetch(options);
  const share = createSharedFlights();
  let kept: (ClientToken & { readonly until: number }) | undefined;

  const findEndpoint = async (signal: AbortSignal): Promise<string> => {
    if (tokenEndpoint !== undefined || !domains) return tokenEndpoint ?? "";
    const { accountId } = domains;
    const origin = await domains.baseUri("sentinel", { signal });
    return version === 1
      ? `${origin}/sentinel/api/account/${accountId}/app/token?v=1.0`
      : `${origin}/sentinel/api/v2/account/${accountId}/app/token`;
  };

  const ask = async (signal: AbortSignal): Promise<ClientToken> => {
    const server = { issuer: "Sentinel", token_endpoint: await findEndpoint(signal) };
    const client = { client_id: clientId };
    try {
      const response = await clientCredentialsGrantRequest(
        server,
        client,
        ClientSecretPost(clientSecret),
        scope === undefined ? {} : { scope },
        {
          [customFetch]: request,
          // The endpoint has been checked: http is for loopback addresses only.
          [allowInsecureRequests]: true,
          signal,
        },
      );
      return keep(await processClientCredentialsResponse(server, client, response));
    } catch (error) {
      throw toPlatformError(error, "The token request");
    }
  };

  const keep = (response: TokenEndpointResponse): ClientToken => {
    const { access_token: accessToken, token_type } = response;
    if (token_type !== "bearer") {
      throw new PlatformError("response_invalid", "The token that came is not a bearer token.");
    }
    const life = lifeOf(response);
    const expiresAt = Date.now() + life;
    kept = { accessToken, expiresAt, until: expiresAt - Math.min(margin, life / 10) };
    return { accessToken, expiresAt };
  };

  const token: ClientCredentials["token"] = async ({ signal } = {}) => {
    if (!kept || kept.until <= Date.now()) return share("token", ask, signal);
    const { accessToken, expiresAt } = kept;
    return { accessToken, expiresAt };
  };

  return {
    token,
    authorization: async (waiting) => `Bearer ${(await token(waiting)).accessToken}`,
    forget(accessToken) {
      if (kept?.accessToken === accessToken) kept = undefined;
    },
  };
}

/** Milliseconds. Version 1 doesn't say how long its tokens hold, but they are JWTs, and do. */
function lifeOf({ access_token, expires_in }: TokenEndpointResponse): number {
  if (expires_in !== undefined) return expires_in * 1000;
  try {
    const { exp, iat } = decodeJwt(access_token);
    // Both by the service's clock: ours may differ.
    if (exp !== undefined && iat !== undefined && exp > iat) return (exp - iat) * 1000;
  } catch {
    // It need not be a JWT.
  }
  return unknownLife;
}

function check(options: ClientCredentialsOptions): void {
  const { clientId, clientSecret, version, scope, domains, tokenEndpoint } = options;
  checkRequestOptions(options);
  checkOption(isText(clientId), "clientId must be the id of the installed application.");
  checkOption(
    isText(clientSecret),
    "clientSecret must be the secret of the installed application.",
  );
  checkOption(
    version === undefined || [1, 2].includes(version),
    "version must be 1 or 2, as a number.",
  );
  checkOption(scope === undefined || isText(scope), "scope must be text.");
  checkOption(
    isDomainApi(domains) || (domains === undefined && tokenEndpoint !== undefined),
    "domains must be what createDomainApi returned; without it, tokenEndpoint must be given.",
  );
  checkOption(
    tokenEndpoint === undefined || isEndpoint(tokenEndpoint),
    "tokenEndpoint must be an absolute https URL without credentials or a fragment; http on loopback addresses only.",
  );
}
