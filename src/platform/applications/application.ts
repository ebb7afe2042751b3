import { assertServer } from "../../base/server-only.js";
import { checkOption, checkRequestOptions, isBetween, isText } from "../check-options.js";
import { PlatformError } from "../platform-error.js";
import { createServiceFetch } from "../service-fetch.js";
import { checkPlace, createPlace, type PlaceOptions } from "./endpoints.js";
import { checkPublicKey, createIdTokenVerifier } from "./id-token.js";
import { startLogin, type Login, type LoginTransaction } from "./login.js";
import { keepFresh, type FreshOptions, type FreshTokens } from "./keep-fresh.js";
import { createRefresher } from "./refresher.js";
import { createTokenRequests, type ApplicationTokens } from "./token-requests.js";

/** What {@link createApplication} takes. */
export interface ApplicationOptions extends PlaceOptions {
  /** The id that the application got when it was installed in the account. */
  readonly clientId: string;
  /** Its secret. */
  readonly clientSecret: string;
  /**
   * Where users come back to, as it was registered, to the letter. It may be left out where exactly one is registered.
   */
  readonly redirectUri?: string;
  /**
   * Whether codes are bound to this server by a challenge (PKCE, RFC 7636). Default `true`: the service doesn't promise
   * to check it, but must ignore what it doesn't know (RFC 6749 section 3.1).
   */
  readonly pkce?: boolean;
  /** Whether ID tokens must carry a nonce of the request. Default `false`: the service doesn't promise to return it. */
  readonly nonce?: boolean;
  /** The scope to ask for. Default none: the service has none for users. */
  readonly scope?: string;
  /** The `iss` of ID tokens. Default `sentinel`. */
  readonly issuer?: string;
  /**
   * The key that signs ID tokens, where it isn't among the published ones: one line of base64 X.509
   * SubjectPublicKeyInfo, or PEM.
   */
  readonly jwtPublicKey?: string;
  /** Seconds by which clocks may differ. Default 30. */
  readonly clockTolerance?: number;
}

interface Signalled {
  readonly signal?: AbortSignal;
}

/** An application built on the cloud, whose users are those of the account: agents, managers, administrators. */
export interface Application {
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  /**
   * Begins a login.
   *
   * @param options - `parameters`, further ones for the authorization request; `signal` aborts
   * @returns `url`, where the browser goes; `transaction`, what must be kept for {@link Application.finishLogin}, in
   * secret and bound to this browser
   * @throws PlatformError what looking up the service throws; `invalid_config`, a parameter that is the request's own
   */
  startLogin(
    options?: Signalled & { readonly parameters?: Readonly<Record<string, string>> },
  ): Promise<Login>;
  /**
   * Ends a login: checks the answer, redeems the code, verifies the ID token.
   *
   * @param callback - the URL at which the user came back, or its query
   * @param transaction - of this very browser's login, and not used before
   * @param options - `signal` aborts
   * @throws PlatformError `access_denied` (the user declined; or the code was refused), `login_unknown` (another
   * `state`), `id_token_invalid`, `response_invalid`, `service_failed`, and what requests throw
   */
  finishLogin(
    callback: string | URL | URLSearchParams,
    transaction: LoginTransaction,
    options?: Signalled,
  ): Promise<ApplicationTokens>;
  /**
   * Renews the tokens. The old refresh token may be void after it; those who ask for the same at once, or within a
   * minute, share one request.
   *
   * @param tokens - of {@link Application.finishLogin} or of the last refresh
   * @param options - `signal` ends the wait, not the request: its answer may be the only one
   * @throws PlatformError `access_denied` (the session is over), and as {@link Application.finishLogin}
   */
  refresh(tokens: ApplicationTokens, options?: Signalled): Promise<ApplicationTokens>;
  /**
   * Ends the user's session in all applications of the cloud.
   *
   * @param tokens - the latest; the refresh token is what counts
   * @param options - `signal` aborts
   * @throws PlatformError `access_denied`, `service_failed`, and what requests throw
   */
  revoke(tokens: ApplicationTokens, options?: Signalled): Promise<void>;
  /**
   * Keeps a session alive, for as long as a server works for its user: refreshes every 30 minutes, as the vendor
   * advises.
   *
   * @param tokens - the latest
   * @param options - see {@link FreshOptions}
   * @throws PlatformError `invalid_config`
   */
  keepFresh(tokens: ApplicationTokens, options?: FreshOptions): FreshTokens;
}

/**
 * Authorizes users of the account for an application (the cloud's service `sentinel`; RFC 6749 section 4.1, OpenID
 * Connect Core 1.0 section 3.1). It needs the application's secret, and refuses to run in a browser.
 *
 * @param options - where the service is, and the installed application; the rest has defaults
 * @throws PlatformError `in_browser`, `invalid_config`
 */
export function createApplication(options: ApplicationOptions): Application {
  assertServer(
    () =>
      new PlatformError(
        "in_browser",
        "createApplication needs the application's secret, which must never get into a browser: call it on your server.",
      ),
  );
  check(options);
  const { clientId, clientSecret, redirectUri, issuer = "sentinel", clockTolerance = 30 } = options;
  const request = createServiceFetch(options);
  const findServer = createPlace(options, issuer);
  const expectations = { issuer, clientId, clockTolerance, publicKey: options.jwtPublicKey };
  const requests = createTokenRequests({
    clientId,
    clientSecret,
    clockTolerance,
    redirectUri,
    findServer,
    request,
    verify: createIdTokenVerifier(expectations, request),
  });
  const refresh = createRefresher((tokens) => requests.refresh(tokens));
  const { pkce = true, nonce = false, scope } = options;

  return {
    clientId,
    redirectUri,
    startLogin: async ({ parameters = {}, signal } = {}) =>
      startLogin(await findServer(signal), {
        clientId,
        redirectUri,
        pkce,
        nonce,
        scope,
        parameters,
      }),
    finishLogin: (callback, transaction, { signal } = {}) =>
      requests.finishLogin(callback, transaction, signal),
    refresh,
    revoke: (tokens, { signal } = {}) => requests.revoke(tokens, signal),
    keepFresh: (tokens, fresh = {}) => keepFresh(tokens, refresh, fresh),
  };
}

function check(options: ApplicationOptions): void {
  const { clientId, clientSecret, redirectUri, issuer, scope, clockTolerance } = options;
  checkRequestOptions(options);
  checkPlace(options);
  checkPublicKey(options.jwtPublicKey);
  checkOption(isText(clientId), "clientId must be the id of the installed application.");
  checkOption(
    isText(clientSecret),
    "clientSecret must be the secret of the installed application.",
  );
  checkOption(
    redirectUri === undefined || isRedirectUri(redirectUri),
    "redirectUri must be an absolute http or https URL without a fragment, as it was registered.",
  );
  for (const name of ["pkce", "nonce"] as const) {
    checkOption(
      options[name] === undefined || typeof options[name] === "boolean",
      `${name} must be true or false.`,
    );
  }
  checkOption(issuer === undefined || isText(issuer), "issuer must be the iss of ID tokens.");
  checkOption(scope === undefined || isText(scope), "scope must be text.");
  checkOption(
    clockTolerance === undefined || isBetween(clockTolerance, 0, 600),
    "clockTolerance must be seconds, from 0 to 600.",
  );
}

function isRedirectUri(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\/[^#\s]+$/.test(value) && URL.canParse(value);
}
