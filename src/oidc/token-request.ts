import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import { errorName } from "./authorization-response.js";

/** A code, and all that its exchange needs. */
export interface CodeExchange {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exchanges a code as a public client (RFC 6749 section 4.1.3, RFC 7636 section 4.5), by a request
 * that needs no CORS preflight. `oauth4webapi` does the same in 4.5 KB more; most of that checks the
 * ID token's claims, which are verified here together with the signature.
 *
 * @returns the ID token, not verified yet
 * @throws ConsumerAuthError `token_request_failed`, `request_failed`, `request_timeout`
 */
export async function exchangeCode(exchange: CodeExchange): Promise<string> {
  const { tokenEndpoint, timeout, signal } = exchange;
  const { status, json } = await requestJson(tokenEndpoint, {
    timeout,
    signal,
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: exchange.clientId,
      code: exchange.code,
      redirect_uri: exchange.redirectUri,
      code_verifier: exchange.codeVerifier,
    }),
  });
  const { id_token: idToken, error } = json;
  if (status === 200 && typeof idToken === "string") return idToken;
  throw new ConsumerAuthError(
    "token_request_failed",
    status === 200
      ? 'The token endpoint answered without an id_token: does scope contain "openid"?'
      : `The token endpoint answered "${errorName(error ?? "")}" (HTTP ${status}).`,
  );
}
