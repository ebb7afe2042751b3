import { randomText } from "./pkce.js";

/** What an authorization request says (OpenID Connect Core 1.0 section 3.1.2.1). */
export interface AuthorizationParameters {
  readonly endpoint: string;
  readonly responseType: "code" | "id_token";
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  /** An S256 challenge (RFC 7636). */
  readonly codeChallenge?: string | undefined;
}

/** An authorization request, and what its response is recognised by. */
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
 */
export function createAuthorizationRequest(
  parameters: AuthorizationParameters,
): AuthorizationRequest {
  const { endpoint, responseType, clientId, redirectUri, scope, codeChallenge } = parameters;
  const state = randomText();
  const nonce = randomText();
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries({
    response_type: responseType,
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    ...(codeChallenge && { code_challenge: codeChallenge, code_challenge_method: "S256" }),
  })) {
    url.searchParams.set(name, value);
  }
  return { url: url.href, state, nonce, redirectUri };
}
