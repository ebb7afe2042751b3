import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import type { ResolvedConfig } from "../config/options.js";
import type { AuthorizationRequest } from "./authorization-request.js";
import { errorName } from "./authorization-response.js";
import type { ProofOfPossession } from "./dpop.js";
import type { Provider } from "./provider-metadata.js";

/** What a push needs to know. */
export interface PushOptions {
  /** The pushed authorization request endpoint. */
  readonly endpoint: string;
  readonly clientId: string;
  /** What the authorization request says. */
  readonly parameters: URLSearchParams;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Proves the key that the code is bound to (RFC 9449 section 10.1). */
  readonly proof?: ProofOfPossession | undefined;
}

/** What stands for a request that was pushed. */
export interface PushedRequest {
  readonly requestUri: string;
  /** Seconds from now in which it can be used, once. */
  readonly expiresIn: number;
}

/**
 * Pushes an authorization request, as a public client (RFC 9126 section 2.1).
 *
 * @returns what the address carries in its place
 * @throws ConsumerAuthError `authorization_failed`, `request_failed`, `request_timeout`
 */
export async function pushAuthorizationRequest(options: PushOptions): Promise<PushedRequest> {
  const { endpoint, clientId, parameters, timeout, signal, proof } = options;
  const body = new URLSearchParams(parameters);
  body.set("client_id", clientId);
  const { status, json } = await (proof?.request ?? requestJson)(endpoint, {
    timeout,
    signal,
    body,
  });
  const { request_uri: requestUri, expires_in: expiresIn, error } = json;
  if (
    status === 201 &&
    requestUri &&
    typeof requestUri === "string" &&
    typeof expiresIn === "number" &&
    expiresIn > 0
  )
    return { requestUri, expiresIn };
  throw new ConsumerAuthError(
    "authorization_failed",
    status === 201
      ? "The pushed authorization request endpoint answered without a request_uri that can be used."
      : `The pushed authorization request endpoint answered "${errorName(error ?? "")}" (HTTP ${status}).`,
  );
}

/** Endpoints that are offered and can't be used from here: the page goes on without them. */
const useless = new Set<string>();

/**
 * Puts a pushed request in the place of one whose address says everything.
 *
 * @param config - checked: `clientId` is there
 * @param provider - with both endpoints
 * @returns the same request at an address with `client_id` and `request_uri` (RFC 9126 section 4),
 * beside the query that the authorization endpoint itself has; the request as it was where the
 * provider's offer can't be taken, for lack of CORS as a rule
 * @throws ConsumerAuthError as {@link pushAuthorizationRequest}, where a push is more than an offer
 */
export async function push(
  request: AuthorizationRequest,
  config: ResolvedConfig,
  provider: Provider,
  signal: AbortSignal,
  proof: ProofOfPossession | undefined,
): Promise<AuthorizationRequest> {
  const endpoint = String(provider.pushedAuthorizationRequestEndpoint);
  if (provider.offersPush && useless.has(endpoint)) return request;
  const url = new URL(String(provider.authorizationEndpoint));
  const clientId = String(config.clientId);
  try {
    const { requestUri } = await pushAuthorizationRequest({
      endpoint,
      clientId,
      parameters: new URL(request.url).searchParams,
      timeout: config.requestTimeout,
      signal,
      proof,
    });
    url.searchParams.set("client_id", clientId);
    url.searchParams.set("request_uri", requestUri);
    return { ...request, url: url.href };
  } catch (error) {
    if (!provider.offersPush || signal.aborted) throw error;
    useless.add(endpoint);
    return request;
  }
}
