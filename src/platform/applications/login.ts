import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  type AuthorizationServer,
} from "oauth4webapi";
import { checkOption } from "../check-options.js";

/** What is kept between the two halves of a login. Plain data: it may be stored as JSON, where only this browser's login finds it. */
export interface LoginTransaction {
  readonly state: string;
  readonly codeVerifier?: string;
  readonly nonce?: string;
}

/** A login that has begun. */
export interface Login {
  /** Where the browser goes. */
  readonly url: string;
  readonly transaction: LoginTransaction;
}

/** What an authorization request is made of. */
export interface AuthorizationRequestOptions {
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  readonly pkce: boolean;
  readonly nonce: boolean;
  readonly scope: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Makes an authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3).
 *
 * @param server - whose authorization endpoint it is for; what its query says stays
 * @throws PlatformError `invalid_config`, where a further parameter is one of the request's own
 */
export async function startLogin(
  { authorization_endpoint: endpoint = "" }: AuthorizationServer,
  { clientId, redirectUri, pkce, nonce, scope, parameters }: AuthorizationRequestOptions,
): Promise<Login> {
  const transaction: LoginTransaction = {
    state: generateRandomState(),
    ...(pkce && { codeVerifier: generateRandomCodeVerifier() }),
    ...(nonce && { nonce: generateRandomNonce() }),
  };
  const { state, codeVerifier } = transaction;
  const own: Readonly<Record<string, string | undefined>> = {
    response_type: "code",
    redirect_uri: redirectUri,
    client_id: clientId,
    scope,
    state,
    nonce: transaction.nonce,
    code_challenge: codeVerifier && (await calculatePKCECodeChallenge(codeVerifier)),
    code_challenge_method: codeVerifier && "S256",
  };
  const url = new URL(endpoint);
  for (const name of Object.keys(parameters)) {
    checkOption(
      !Object.hasOwn(own, name) && !url.searchParams.has(name),
      `parameters must not hold ${/^\w{1,40}$/.test(name) ? name : "what the request itself says"}: the request makes it.`,
    );
  }
  for (const [name, value] of Object.entries({ ...own, ...parameters })) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { url: url.href, transaction };
}
