import {
  allowInsecureRequests,
  clockTolerance,
  genericTokenEndpointRequest,
  None,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
} from "oauth4webapi";

import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";

/** A code, and all that its exchange needs. */
export interface CodeExchange {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Seconds. */
  readonly clockTolerance: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exchanges a code as a public client (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
 *
 * @returns the ID token, whose signature is not verified yet
 * @throws ConsumerAuthError `token_request_failed`, `request_timeout`
 */
export async function exchangeCode(exchange: CodeExchange): Promise<string> {
  const { issuer, tokenEndpoint, clientId, timeout } = exchange;
  const server = { issuer, token_endpoint: tokenEndpoint };
  const client = { client_id: clientId, [clockTolerance]: exchange.clockTolerance };
  return withDeadline(
    timeout,
    () =>
      new ConsumerAuthError(
        "request_timeout",
        `The token endpoint did not answer within ${String(timeout)} ms.`,
      ),
    async (signal) => {
      try {
        const response = await genericTokenEndpointRequest(
          server,
          client,
          None(),
          "authorization_code",
          {
            code: exchange.code,
            redirect_uri: exchange.redirectUri,
            code_verifier: exchange.codeVerifier,
          },
          // The configuration has let http through on loopback only.
          { signal, [allowInsecureRequests]: tokenEndpoint.startsWith("http:") },
        );
        const { id_token } = await processGenericTokenEndpointResponse(server, client, response);
        if (id_token === undefined) throw refusal('holds no id_token: does scope contain "openid"?');
        return id_token;
      } catch (error) {
        throw explain(error);
      }
    },
    exchange.signal,
  );
}

const refusal = (problem: string): ConsumerAuthError =>
  new ConsumerAuthError("token_request_failed", `The token endpoint's answer ${problem}`);

/** Without a cause: the library's errors carry the whole response, tokens included. */
function explain(error: unknown): ConsumerAuthError {
  if (error instanceof ConsumerAuthError) return error;
  if (error instanceof ResponseBodyError) {
    const name = /^[a-z_]{1,40}$/.test(error.error) ? error.error : "unknown";
    return refusal(`is error "${name}" (HTTP ${String(error.status)}).`);
  }
  if (error instanceof TypeError && !("code" in error)) {
    return refusal(
      "can't be had: the network is down, the endpoint refuses this origin (CORS), or connect-src of the Content-Security-Policy lacks it.",
    );
  }
  return refusal(
    `is not one: ${error instanceof Error ? error.message : "it can't be read"}. (A nested, encrypted ID token needs exchange "window" or the implicit flow.)`,
  );
}
