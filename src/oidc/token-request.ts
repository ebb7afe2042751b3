import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import { errorName } from "./authorization-response.js";
import type { ProofOfPossession } from "./dpop.js";

/** A request of a public client to the token endpoint. */
export interface TokenRequest {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** `grant_type`, and what belongs to it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Binds the tokens to its key. */
  readonly proof?: ProofOfPossession | undefined;
}

/** What the token endpoint gave, nothing in it verified. */
export interface Tokens {
  readonly idToken: string;
  readonly refreshToken?: string | undefined;
}

/**
 * Asks the token endpoint as a public client (RFC 6749 sections 4.1.3 and 6), by a request that needs
 * no CORS preflight unless it carries a proof. `oauth4webapi` does the same in 4.5 KB more; most of that checks the ID token's
 * claims, which are verified here together with the signature.
 *
 * @returns the tokens
 * @throws ConsumerAuthError `token_request_failed`, `grant_expired` where the code or refresh token
 * won't do any more, `request_failed`, `request_timeout`
 */
export async function requestTokens(request: TokenRequest): Promise<Tokens> {
  const { tokenEndpoint, clientId, parameters, timeout, signal, proof } = request;
  const { status, json } = await (proof?.requestTokens ?? requestJson)(tokenEndpoint, {
    timeout,
    signal,
    body: new URLSearchParams({ ...parameters, client_id: clientId }),
  });
  const { id_token: idToken, refresh_token: refreshToken, error } = json;
  if (status === 200 && typeof idToken === "string") {
    return { idToken, refreshToken: typeof refreshToken === "string" ? refreshToken : undefined };
  }
  throw new ConsumerAuthError(
    error === "invalid_grant" ? "grant_expired" : "token_request_failed",
    status === 200
      ? 'The token endpoint answered without an id_token: does scope contain "openid"?'
      : `The token endpoint answered "${errorName(error ?? "")}" (HTTP ${status}).`,
  );
}
