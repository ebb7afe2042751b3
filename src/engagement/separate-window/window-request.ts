import { ConsumerAuthError } from "../../base/errors.js";
import { checkAllowedRedirectUris, isAllowedRedirectUri } from "./redirect-uri.js";

/**
 * Error codes of an authorization response (RFC 6749 sections 4.1.2.1 and 4.2.2.1, OpenID Connect
 * Core 1.0 section 3.1.2.6).
 */
export type WindowError =
  | "access_denied"
  | "account_selection_required"
  | "consent_required"
  | "interaction_required"
  | "invalid_request"
  | "invalid_scope"
  | "login_required"
  | "request_not_supported"
  | "request_uri_not_supported"
  | "server_error"
  | "temporarily_unavailable"
  | "unauthorized_client"
  | "unsupported_response_type";

/** What the login page knows of the window. */
export interface WindowRequestOptions {
  /**
   * Where a response may be sent: full addresses, compared to the letter. The window's own parameters
   * in the query of an "openID" request don't count.
   */
  readonly allowedRedirectUris: readonly string[];
  /** The connector's client ID; a request of another client is refused. */
  readonly clientId?: string | undefined;
  /** The `iss` of your ID tokens; it is added to every response (RFC 9207). */
  readonly issuer?: string | undefined;
}

type RequestParameters = Readonly<Partial<Record<string, string>>>;

declare const checked: unique symbol;

/** Where an answer may go. Only {@link readWindowRequest} makes one: its address has been checked. */
export interface WindowReturnAddress {
  /** As it came; a code is bound to it where the connector is an "OAuth 2 RFC" one. */
  readonly redirectUri: string;
  /** The part of the address that carries the response. */
  readonly responseMode: "query" | "fragment";
  /** Percent-encoded, as it stood in the address: it goes back like that. */
  readonly state: string | undefined;
  /** The `iss` of the response. */
  readonly issuer: string | undefined;
  /** No property: the mark of an address that has been checked. */
  readonly [checked]: true;
}

/** A request that can be answered with a credential. */
export interface WindowRequest extends WindowReturnAddress {
  readonly refusal?: undefined;
  /** `openid`: the window's parameters are in the redirect URI; `rfc`: they are in `state`. */
  readonly dialect: "openid" | "rfc";
  /** What is asked for, and the parameter that will carry it; `token` is an ID token, too. */
  readonly responseType: "code" | "id_token" | "token";
  readonly clientId: string | undefined;
  /** Goes into the ID token. */
  readonly nonce: string | undefined;
  /** An S256 challenge (RFC 7636): the code is to be bound to it. */
  readonly codeChallenge: string | undefined;
  /** `false` with `prompt=none`: the consumer must not be asked anything. */
  readonly interactive: boolean;
  /** All parameters, decoded: `scope`, `prompt`, `login_hint`, `ui_locales`, `max_age` and others. */
  readonly parameters: RequestParameters;
}

/** A request that can be answered with an error only. */
export interface RefusedWindowRequest extends WindowReturnAddress {
  readonly refusal: { readonly error: WindowError; readonly error_description: string };
}

/** The error of a request that gets no answer: it is for who looks at the page. */
export const unanswerable = (problem: string): ConsumerAuthError =>
  new ConsumerAuthError("invalid_call", problem);

/** What is wrong with a request that may be answered: an error code, and the parameter it is about. */
function findProblem(parameters: RequestParameters): readonly [WindowError?, string?] {
  const { response_type, response_mode, prompt, code_challenge, code_challenge_method } =
    parameters;
  const invalid = "invalid_request";
  if (!response_type) return [invalid, "response_type"];
  if (!/^(code|id_token|token)$/.test(response_type))
    return ["unsupported_response_type", "response_type"];
  // A token in a query would be seen by servers, too.
  if (response_mode && !/^(code:query|\w+:fragment)$/.test(`${response_type}:${response_mode}`))
    return [invalid, "response_mode"];
  for (const name of ["request", "request_uri"] as const)
    if (parameters[name]) return [`${name}_not_supported`, name];
  if (prompt && /\bnone | none\b/.test(prompt)) return [invalid, "prompt"];
  // A challenge without a method would be a "plain" one (RFC 7636 section 4.3).
  const isS256 = code_challenge_method === "S256" && /^[\w-]{43}$/.test(code_challenge ?? "");
  return (code_challenge ?? code_challenge_method) && !isS256 ? [invalid, "code_challenge"] : [];
}

/**
 * Reads the authorization request with which the cloud's separate window opens a brand's login page, in
 * either dialect. Pure: a server can use it as well.
 *
 * @param address - the page's address or its query: `location.search`, or a server's `request.url`
 * @param options - what the page knows of the window
 * @returns the request, or one with a `refusal` that only an error may answer; empty parameters count
 * as absent (RFC 6749 section 3.1)
 * @throws ConsumerAuthError `invalid_config`; `invalid_call` where nobody may be answered, because the
 * client or the redirect URI is not the window's: show it, don't redirect (RFC 6749 section 4.1.2.1)
 */
export function readWindowRequest(
  address: string,
  options: WindowRequestOptions,
): WindowRequest | RefusedWindowRequest {
  const { allowedRedirectUris, clientId, issuer } = options;
  checkAllowedRedirectUris(allowedRedirectUris);
  const [query = ""] = /\?[^#]*/.exec(address) ?? [];
  const { search, searchParams } = new URL(query, "https://page.invalid");
  const parameters: RequestParameters = Object.fromEntries(
    [...searchParams].filter(([, value]) => value !== ""),
  );
  const names = [...searchParams.keys()];
  const twice = names.filter((name, index) => names.indexOf(name) < index);

  const { client_id, redirect_uri, response_type: type } = parameters;
  if (!redirect_uri)
    throw unanswerable("redirect_uri is missing: this page is for the messaging window to open.");
  if (twice.some((name) => /^(client_id|redirect_uri|state)$/.test(name)))
    throw unanswerable("client_id, redirect_uri or state comes twice.");
  if (clientId !== undefined && client_id !== clientId)
    throw unanswerable("client_id is not clientId: write the connector's client ID there.");
  if (!isAllowedRedirectUri(redirect_uri, allowedRedirectUris, type !== "id_token"))
    throw unanswerable(
      "redirect_uri is not one of allowedRedirectUris: if it is the window's, add it without its query.",
    );

  const { response_mode, state, nonce, code_challenge, prompt } = parameters;
  const [error, wrong] =
    twice.length > 0
      ? (["invalid_request", "a parameter that comes twice"] as const)
      : findProblem(parameters);
  const returnAddress = {
    redirectUri: redirect_uri,
    responseMode: response_mode === "fragment" || type?.includes("token") ? "fragment" : "query",
    state: state && rawValue(search, "state"),
    issuer,
  } as WindowReturnAddress;
  if (error)
    return { ...returnAddress, refusal: { error, error_description: `Refused: ${wrong}.` } };
  return {
    ...returnAddress,
    dialect: type === "token" || redirect_uri.includes("?") ? "openid" : "rfc",
    responseType: type as WindowRequest["responseType"],
    clientId: client_id,
    nonce,
    codeChallenge: code_challenge,
    interactive: prompt !== "none",
    parameters,
  };
}

/** A parameter as it stands in the query: decoded and encoded again it could be another text. */
const rawValue = (search: string, name: string): string | undefined =>
  search
    .slice(1)
    .split("&")
    .find((pair) => new URLSearchParams(`?${pair}`).has(name))
    ?.replace(/^[^=]*=/, "");
