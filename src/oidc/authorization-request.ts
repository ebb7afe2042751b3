import type { RequestOptions } from "../config/options.js";
import { randomText } from "./pkce.js";

/** What an authorization request says (OpenID Connect Core 1.0 section 3.1.2.1), as it is sent. */
export interface AuthorizationParameters {
  readonly response_type: "code" | "id_token" | "code id_token";
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly scope: string;
  /** The key that the code is to be bound to (RFC 9449 section 10). */
  readonly dpop_jkt?: string;
}

/** An authorization request, and what its response is recognised by. It can be kept as JSON. */
export interface AuthorizationRequest {
  /** Where the consumer is sent. */
  readonly url: string;
  /** 43 random characters; the response must carry them. */
  readonly state: string;
  /** 43 random characters; the ID token must carry them. */
  readonly nonce: string;
  /** Where the response arrives. */
  readonly redirectUri: string;
}

/**
 * Builds an authorization request with a `state` and a `nonce` of its own. A query that the
 * endpoint already has is kept (RFC 6749 section 3.1).
 *
 * @param endpoint - the authorization endpoint
 * @param parameters - what the request says
 * @param codeChallenge - an S256 challenge (RFC 7636)
 * @param options - what it says besides
 */
export function createAuthorizationRequest(
  endpoint: string,
  parameters: AuthorizationParameters,
  codeChallenge: string | undefined,
  options: RequestOptions = {},
): AuthorizationRequest {
  const state = randomText();
  const nonce = randomText();
  const url = new URL(endpoint);
  // Ours stand last: nothing that is said besides can take their place.
  for (const [name, value] of Object.entries({
    ...options.authorizationParameters,
    acr_values: options.acrValues,
    max_age: options.maxAge,
    prompt: options.prompt,
    login_hint: options.loginHint,
    ui_locales: options.uiLocales,
    ...parameters,
    state,
    nonce,
    ...(codeChallenge && { code_challenge: codeChallenge, code_challenge_method: "S256" }),
  })) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return { url: url.href, state, nonce, redirectUri: parameters.redirect_uri };
}
